/** Moves between stages, their gates, wishes, and the copy of old rows. */
@NullMarked
package dev.crossfade.internal.move;

import org.jspecify.annotations.NullMarked;
