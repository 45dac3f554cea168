/** Comparing both stores and reporting where they differ: what you call and what comes back. */
@NullMarked
package dev.crossfade.reconcile;

import org.jspecify.annotations.NullMarked;
