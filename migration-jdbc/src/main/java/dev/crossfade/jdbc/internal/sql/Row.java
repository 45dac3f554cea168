package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.Version;

/**
 * One key in the ledger.
 *
 * @param effective the version, its generation raised to that of the fence
 * @param stored    the version as it was written
 * @param change    what last happened to the key
 * @param pending   whether the other side may be behind
 * @param held      whether a person has to decide before the key is refreshed
 */
public record Row(Version effective, Version stored, Change change, boolean pending, boolean held) {}
