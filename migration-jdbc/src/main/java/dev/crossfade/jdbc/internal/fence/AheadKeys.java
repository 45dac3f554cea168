package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the keys of which the one side has lost commits that the other side has kept, by the versions in both ledgers, and
 * holds them back on the side that is primary. Compared before the generation is raised: that makes old versions equal.
 */
public final class AheadKeys {
    /** Why keys are parked that a person has to decide about. */
    public static final String REASON = "the other side was ahead of the primary";

    private static final int BATCH = 1_000;

    private AheadKeys() {}

    /**
     * Goes through all keys of the other side's ledger. Nothing may raise these in the meantime but refreshes from the
     * primary.
     *
     * @param epoch      at which the primary is primary
     * @param generation the higher one of both sides' generations before it is raised
     * @return how many keys are held back; -1 if the primary has moved meanwhile, and those found until then are held back
     */
    public static int hold(Site primary, Site other, long epoch, long generation) throws SQLException {
        int held = 0;
        EntityKey last = null;
        while (true) {
            EntityKey after = last;
            // The other side first: the primary's versions only grow.
            Map<EntityKey, Row> theirs = new HashMap<>();
            List<EntityKey> keys = other.own((connection, tables) -> {
                List<EntityKey> page = tables.pages().page(connection, after, BATCH);
                theirs.putAll(tables.ledger().rows(connection, page));
                return page;
            });
            if (keys.isEmpty()) {
                return held;
            }
            Map<EntityKey, Row> ours =
                    primary.own((connection, tables) -> tables.ledger().rows(connection, keys));
            Map<EntityKey, Version> ahead = new HashMap<>();
            theirs.forEach((key, row) -> {
                if (isAhead(row, ours.get(key), generation)) {
                    ahead.put(key, row.stored());
                }
            });
            if (!ahead.isEmpty()
                    && !primary.own((connection, tables) ->
                            tables.failures().hold(connection, Stripes.ofThisThread(), epoch, ahead, REASON))) {
                return -1;
            }
            held += ahead.size();
            last = keys.get(keys.size() - 1);
        }
    }

    /**
     * Whether a side knows more of a key than the primary: by a newer version, or, where it was primary itself, by one that
     * never crossed and that the primary has written over since.
     */
    private static boolean isAhead(Row theirs, @Nullable Row ours, long generation) {
        Version known = ours == null ? new Version(0, 0) : ours.stored();
        return lifted(known, generation).isBefore(lifted(theirs.stored(), generation))
                || (theirs.pending() && known.generation() > theirs.stored().generation());
    }

    private static Version lifted(Version version, long generation) {
        return new Version(Math.max(version.generation(), generation), version.counter());
    }
}
