/** The backfill's workers: pages, brakes and progress. */
@NullMarked
package dev.crossfade.internal.backfill;

import org.jspecify.annotations.NullMarked;
