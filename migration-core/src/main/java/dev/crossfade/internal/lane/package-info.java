/** Bounded lanes: a few threads, a short queue, and what does not fit is dropped and counted. */
@NullMarked
package dev.crossfade.internal.lane;

import org.jspecify.annotations.NullMarked;
