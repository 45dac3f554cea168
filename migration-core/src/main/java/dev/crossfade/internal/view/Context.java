package dev.crossfade.internal.view;

import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.internal.observe.Counters;
import dev.crossfade.internal.observe.Events;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.DiscrepancySink;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Platform;
import java.util.Map;

/**
 * What the parts of one migration share. Immutable; the parts themselves are safe for use by many threads.
 *
 * @param migration the migration's name
 * @param entities  the state operations by entity name
 * @param coverage  how much of each entity the new side holds, by entity name
 */
public record Context(
        String migration,
        Platform platform,
        Store legacy,
        Store next,
        Fence fence,
        Ledger ledger,
        DiscrepancySink discrepancies,
        Views views,
        Map<String, EntityState> entities,
        Map<String, Coverage> coverage,
        WritesUnderWay underWay,
        WriteTimes writeTimes,
        Counters counters,
        Events events) {

    /** So many refused keys of an entity are counted at most. */
    private static final int MOST_REFUSED = 10_000;

    public Store store(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    /** The state operations of an entity that this migration has. */
    public EntityState entity(String name) {
        EntityState state = entities.get(name);
        if (state == null) {
            throw new IllegalStateException("Migration '" + migration + "' has no entity '" + name + "'");
        }
        return state;
    }

    /** How many dirty keys the secondary has refused so far and that are not parked, at most 10 000 of each entity. */
    public int refused() {
        return entities.keySet().stream()
                .mapToInt(entity -> ledger.refused(entity, MOST_REFUSED).size())
                .sum();
    }

    /** The coverage of an entity that this migration has. */
    public Coverage coverage(String name) {
        Coverage known = coverage.get(name);
        if (known == null) {
            throw new IllegalStateException("Migration '" + migration + "' has no entity '" + name + "'");
        }
        return known;
    }
}
