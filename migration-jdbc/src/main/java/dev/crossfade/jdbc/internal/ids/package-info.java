/** The columns that hold ids and keys: where their next ids come from, and whether they tell spellings apart. */
@NullMarked
package dev.crossfade.jdbc.internal.ids;

import org.jspecify.annotations.NullMarked;
