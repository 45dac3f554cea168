/** Writes on the primary, and the relay that makes the secondary follow. */
@NullMarked
package dev.crossfade.internal.write;

import org.jspecify.annotations.NullMarked;
