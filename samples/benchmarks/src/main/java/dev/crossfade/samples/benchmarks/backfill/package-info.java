/** How fast old rows cross to another database, with Crossfade and with other means. */
@NullMarked
package dev.crossfade.samples.benchmarks.backfill;

import org.jspecify.annotations.NullMarked;
