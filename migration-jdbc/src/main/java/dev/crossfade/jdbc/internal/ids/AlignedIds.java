package dev.crossfade.jdbc.internal.ids;

import dev.crossfade.jdbc.internal.fence.IdAlignment;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.spi.FailureSummary;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Moves the generators of the new primary beyond every id in use: beyond the rows of both sides, and beyond what the old
 * primary has generated, for an id that was deleted or rolled back there may live on elsewhere.
 */
public final class AlignedIds implements IdAlignment {
    private final List<IdColumn> columns;

    public AlignedIds(List<IdColumn> columns) {
        this.columns = List.copyOf(columns);
    }

    @Override
    public List<String> objections(Site from, Site to) {
        List<String> objections = new ArrayList<>();
        for (IdColumn ids : columns) {
            try {
                if (next(to, ids).isEmpty()) {
                    objections.add(ids + " generates no ids on " + to.name()
                            + "; make it an identity column there, or do not align it");
                }
            } catch (SQLException failure) {
                objections.add("the ids of " + ids + " cannot be aligned on " + to.name() + " ("
                        + FailureSummary.of(failure) + ")");
            }
        }
        return objections;
    }

    @Override
    public void align(Site from, Site to) throws SQLException {
        for (IdColumn ids : columns) {
            long wanted = Math.max(
                    Math.max(afterHighest(from, ids), afterHighest(to, ids)),
                    next(from, ids).orElse(1));
            if (next(to, ids).orElse(1) < wanted) {
                to.own((connection, tables) -> {
                    IdGenerator.of(connection).startAt(connection, ids, wanted);
                    return true;
                });
            }
        }
    }

    private static long afterHighest(Site site, IdColumn ids) throws SQLException {
        return site.own((connection, tables) -> IdGenerator.highest(connection, ids)) + 1;
    }

    private static OptionalLong next(Site site, IdColumn ids) throws SQLException {
        return site.own((connection, tables) -> IdGenerator.of(connection).next(connection, ids));
    }
}
