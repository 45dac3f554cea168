/** A live migration of an order store, from its first dual write to its last, under traffic and faults. */
@NullMarked
package dev.crossfade.samples.quickstart;

import org.jspecify.annotations.NullMarked;
