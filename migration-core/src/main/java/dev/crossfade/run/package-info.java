/** What backfill and reconciliation have in common as runs: their states, limits and brakes. */
@NullMarked
package dev.crossfade.run;

import org.jspecify.annotations.NullMarked;
