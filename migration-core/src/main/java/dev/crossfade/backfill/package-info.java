/** Copying the rows that existed before the dual write began: what you call and what you pass in. */
@NullMarked
package dev.crossfade.backfill;

import org.jspecify.annotations.NullMarked;
