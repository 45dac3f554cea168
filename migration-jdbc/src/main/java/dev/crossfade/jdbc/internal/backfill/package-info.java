/** The backfill in the new store's database: ranges, claims, and the copy from table to table. */
@NullMarked
package dev.crossfade.jdbc.internal.backfill;

import org.jspecify.annotations.NullMarked;
