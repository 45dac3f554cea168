/** Reads of the other side that only compare, after the caller has its answer. */
@NullMarked
package dev.crossfade.internal.shadow;

import org.jspecify.annotations.NullMarked;
