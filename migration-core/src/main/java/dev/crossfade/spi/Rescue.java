package dev.crossfade.spi;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.Recovery.Forced;
import dev.crossfade.Recovery.Raised;
import dev.crossfade.Side;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * What a coordination that outlives failovers and restores does about them, for {@link dev.crossfade.Recovery}. Every
 * method but {@link #release} may be called before {@link Coordination#start}, and throws a {@link MigrationException}
 * where it changed nothing or can be called again.
 */
public interface Rescue {

    /** Takes the database that a side is now for the one that takes part. */
    void accept(Side side, Operator operator);

    /** Raises epoch and generation of both sides, after parking the keys that the secondary alone has kept. */
    Raised raiseGeneration(Operator operator);

    /** Makes the secondary primary without asking the primary. */
    Forced forcePrimary(Side side, Operator operator);

    /** Keys that wait for a person because the secondary was ahead on them, oldest first. */
    List<EntityKey> ahead(int max);

    /**
     * Lets keys go that wait because the secondary was ahead on them, and keeps every other writer from them until the
     * transaction ends. Called inside the open transaction on the primary that writes them.
     *
     * @return those that were waiting
     */
    List<EntityKey> release(Collection<EntityKey> keys, Operator operator) throws SQLException;
}
