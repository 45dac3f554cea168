/** What the tests of several packages share. */
@NullMarked
package dev.crossfade.testing;

import org.jspecify.annotations.NullMarked;
