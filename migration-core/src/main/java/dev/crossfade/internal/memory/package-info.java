/** The ledger and the fence of one process, held in memory and lost with it. */
@NullMarked
package dev.crossfade.internal.memory;

import org.jspecify.annotations.NullMarked;
