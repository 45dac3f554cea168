/** The backfill: what its workers do, a page at a time, and how far they are. */
@NullMarked
package dev.crossfade.internal.backfill;

import org.jspecify.annotations.NullMarked;
