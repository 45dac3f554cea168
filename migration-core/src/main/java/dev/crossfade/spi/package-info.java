/** What other modules implement: ledger, fence, stores, and the platform's time and threads. */
@NullMarked
package dev.crossfade.spi;

import org.jspecify.annotations.NullMarked;
