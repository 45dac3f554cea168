/** A deterministic simulator of a migration: one thread at a time, virtual time, everything drawn from one seed. */
@NullMarked
package dev.crossfade.simulator;

import org.jspecify.annotations.NullMarked;
