/** Faults that the run injects into the new side, at the level of JDBC. */
@NullMarked
package dev.crossfade.samples.quickstart.faults;

import org.jspecify.annotations.NullMarked;
