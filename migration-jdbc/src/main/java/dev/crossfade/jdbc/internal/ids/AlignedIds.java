package dev.crossfade.jdbc.internal.ids;

import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.fence.IdAlignment;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.spi.FailureSummary;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Moves the generators of the new primary beyond every id in use: beyond the rows of both sides, and beyond what the old
 * primary has generated, for an id that was deleted or rolled back there may live on elsewhere.
 *
 * <p>Of a column that only legacy generates ids of, the new side hands them out in blocks while it is primary, from where
 * legacy's generator stood; that one goes on beyond the blocks when legacy is primary again.
 */
public final class AlignedIds implements IdAlignment {
    /** How long a catalog may take to tell whether a column generates ids. */
    private static final Duration TO_TELL = Duration.ofSeconds(5);

    private final List<IdColumn> generated;
    private final List<IdColumn> blocks;

    /**
     * @param generated columns of both sides
     * @param blocks    columns of legacy
     */
    public AlignedIds(List<IdColumn> generated, List<IdColumn> blocks) {
        this.generated = List.copyOf(generated);
        this.blocks = List.copyOf(blocks);
    }

    @Override
    public List<String> objections(Site from, Site to) {
        List<String> objections = new ArrayList<>();
        generated.forEach(ids -> addObjection(to, ids, objections));
        blocks.forEach(ids -> addObjection(from.side() == Side.LEGACY ? from : to, ids, objections));
        return objections;
    }

    private static void addObjection(Site site, IdColumn ids, List<String> objections) {
        try {
            if (new Questions(site, TO_TELL).next(ids).isEmpty()) {
                objections.add(ids + " generates no ids on " + site.name()
                        + "; make it an identity column there, or do not align it");
            }
        } catch (SQLException failure) {
            objections.add("the ids of " + ids + " cannot be aligned on " + site.name() + " ("
                    + FailureSummary.of(failure) + ")");
        }
    }

    @Override
    public void align(Site from, Site to, Duration limit) throws SQLException {
        Questions ofFrom = new Questions(from, limit);
        Questions ofTo = new Questions(to, limit);
        for (IdColumn ids : generated) {
            ofTo.startAt(
                    ids,
                    Math.max(
                            Math.max(ofFrom.afterHighest(ids), ofTo.afterHighest(ids)),
                            ofFrom.next(ids).orElse(1)));
        }
        for (IdColumn ids : blocks) {
            if (to.side() == Side.LEGACY) {
                ofTo.startAt(
                        ids,
                        Math.max(ofTo.afterHighest(ids), ofFrom.handedOut(ids).orElse(1)));
            } else if (from.side() == Side.LEGACY) {
                long first = Math.max(ofFrom.afterHighest(ids), ofFrom.next(ids).orElse(1));
                to.own(limit, (connection, tables) -> {
                    tables.books().handOutFrom(connection, ids.toString(), first);
                    return true;
                });
            }
            // Else legacy does not answer, and what was noted at the last handover goes on.
        }
    }

    /** About the ids of one side, each bounded in time. */
    private record Questions(Site site, Duration limit) {
        void startAt(IdColumn ids, long wanted) throws SQLException {
            if (next(ids).orElse(1) < wanted) {
                site.own(limit, (connection, tables) -> {
                    IdGenerator.of(connection).startAt(connection, ids, wanted);
                    return true;
                });
            }
        }

        OptionalLong handedOut(IdColumn ids) throws SQLException {
            return site.own(limit, (connection, tables) -> tables.books().nextId(connection, ids.toString()));
        }

        long afterHighest(IdColumn ids) throws SQLException {
            return site.own(limit, (connection, tables) -> IdGenerator.highest(connection, ids)) + 1;
        }

        OptionalLong next(IdColumn ids) throws SQLException {
            return site.own(
                    limit, (connection, tables) -> IdGenerator.of(connection).next(connection, ids));
        }
    }
}
