/** The promises of the ledger, the fence and the handover, kept while databases, networks and threads fail. */
@NullMarked
package dev.crossfade.jdbc.faults;

import org.jspecify.annotations.NullMarked;
