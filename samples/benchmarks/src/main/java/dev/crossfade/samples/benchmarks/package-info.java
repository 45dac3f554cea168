/** What a call costs with Crossfade, and with what one would write or take instead. */
@NullMarked
package dev.crossfade.samples.benchmarks;

import org.jspecify.annotations.NullMarked;
