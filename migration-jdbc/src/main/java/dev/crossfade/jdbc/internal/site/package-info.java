/** One of the two databases as a migration uses it: its own transactions, and the migration's tables. */
@NullMarked
package dev.crossfade.jdbc.internal.site;

import org.jspecify.annotations.NullMarked;
