/** Keeps the reconciliations and how far they are in the new store's database. */
@NullMarked
package dev.crossfade.jdbc.internal.reconcile;

import org.jspecify.annotations.NullMarked;
