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
 * @param discarded whether a person has given this version up: the other side does not have it
 */
public record Row(Version effective, Version stored, Change change, boolean pending, boolean held, boolean discarded) {
    /** Whether no refresh is to come: the other side has this version, or is not to have it. */
    public boolean settled() {
        return !pending && !held;
    }

    /** Whether the other side has this version. */
    public boolean synced() {
        return settled() && !discarded;
    }
}
