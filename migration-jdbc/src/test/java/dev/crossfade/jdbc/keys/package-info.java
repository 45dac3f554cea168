/** Stores whose rows stand under different keys, and the table that pairs them. */
@NullMarked
package dev.crossfade.jdbc.keys;

import org.jspecify.annotations.NullMarked;
