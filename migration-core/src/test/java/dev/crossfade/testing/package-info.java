/** Stores, repositories and platforms for tests. */
@NullMarked
package dev.crossfade.testing;

import org.jspecify.annotations.NullMarked;
