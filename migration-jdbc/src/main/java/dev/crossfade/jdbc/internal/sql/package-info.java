/** The SQL of the fence and the ledger, one readable statement per operation and database. */
@NullMarked
package dev.crossfade.jdbc.internal.sql;

import org.jspecify.annotations.NullMarked;
