/** What stood in the legacy database before the migration began, the same on every run. */
@NullMarked
package dev.crossfade.samples.quickstart.seed;

import org.jspecify.annotations.NullMarked;
