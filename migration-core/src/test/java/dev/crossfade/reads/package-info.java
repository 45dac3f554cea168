/** Tests of routed reads, their guards and their fallbacks. */
@NullMarked
package dev.crossfade.reads;

import org.jspecify.annotations.NullMarked;
