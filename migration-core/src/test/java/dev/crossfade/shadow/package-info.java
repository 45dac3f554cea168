/** Tests of shadow reads and what they conclude. */
@NullMarked
package dev.crossfade.shadow;

import org.jspecify.annotations.NullMarked;
