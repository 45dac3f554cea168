/** Databases of a migration over JDBC. */
@NullMarked
package dev.crossfade.jdbc;

import org.jspecify.annotations.NullMarked;
