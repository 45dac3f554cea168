/** Compares both stores page by page and confirms what differs. */
@NullMarked
package dev.crossfade.internal.reconcile;

import org.jspecify.annotations.NullMarked;
