/** The ledger in the primary's database, and what this process knows of it. */
@NullMarked
package dev.crossfade.jdbc.internal.ledger;

import org.jspecify.annotations.NullMarked;
