/** Comparing two databases while a service writes. */
@NullMarked
package dev.crossfade.jdbc.reconcile;

import org.jspecify.annotations.NullMarked;
