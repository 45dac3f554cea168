package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.Version;

/**
 * One key in the ledger.
 *
 * @param effective the version, its generation raised to that of the fence
 * @param change    what last happened to the key
 * @param pending   whether the other side may be behind
 */
public record Row(Version effective, Change change, boolean pending) {}
