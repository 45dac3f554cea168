/** Rows in bulk: COPY of PostgreSQL and LOAD DATA LOCAL of MariaDB. */
@NullMarked
package dev.crossfade.jdbc.internal.bulk;

import org.jspecify.annotations.NullMarked;
