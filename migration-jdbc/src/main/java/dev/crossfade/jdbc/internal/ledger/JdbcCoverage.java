package dev.crossfade.jdbc.internal.ledger;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.jdbc.internal.fence.JdbcFence;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import java.sql.SQLException;
import java.util.Set;

/**
 * Which entities have crossed, as the databases say for the generation at hand. A new generation, which every entry into
 * the dual write begins, voids all of it.
 */
public final class JdbcCoverage {
    private final String migration;
    private final JdbcFence fence;
    private final Site legacy;
    private final Site next;

    private record Copied(long generation, Set<String> entities) {}

    private volatile Copied copied = new Copied(-1, Set.of());

    public JdbcCoverage(String migration, JdbcFence fence, Site legacy, Site next) {
        this.migration = migration;
        this.fence = fence;
        this.legacy = legacy;
        this.next = next;
    }

    /** Asks the primary's database again. One at a time: what was read earlier must not be noted later. */
    public synchronized void look(FenceView view) {
        try {
            Set<String> entities =
                    primary(view).own((connection, tables) -> tables.books().copied(connection, view.generation()));
            copied = new Copied(view.generation(), Set.copyOf(entities));
        } catch (SQLException unknown) {
            // What was copied in this generation stays copied; the fence's thread tells that the database is silent.
            return;
        }
    }

    private Site primary(FenceView view) {
        return view.stage().primary() == legacy.side() ? legacy : next;
    }

    /** The coverage of one entity. */
    public Coverage of(String entity) {
        return new OfEntity(entity);
    }

    private final class OfEntity implements Coverage {
        private final String entity;

        OfEntity(String entity) {
            this.entity = entity;
        }

        @Override
        public boolean isCopied() {
            Copied known = copied;
            return known.entities().contains(entity)
                    && known.generation() == fence.view().generation();
        }

        /** Always: a write that leaves no key in the ledger is rolled back. */
        @Override
        public boolean isTracked() {
            return true;
        }

        /** The generation that the fence raised has done it. */
        @Override
        public void begin() {}

        @Override
        public long losses() {
            return fence.view().generation();
        }

        @Override
        public boolean copied(long generation, Operator operator) {
            FenceView view = fence.view();
            if (view.generation() != generation) {
                return false;
            }
            // On both sides, so that it holds after a handover too.
            note(legacy, generation, operator);
            note(next, generation, operator);
            look(view);
            return isCopied();
        }

        private void note(Site site, long generation, Operator operator) {
            try {
                try {
                    noteOnce(site, generation, operator);
                } catch (SQLException failure) {
                    if (!SqlFailure.isDuplicate(failure)) {
                        throw failure;
                    }
                    // Another thread or instance was faster with the row: now it is there to be updated.
                    noteOnce(site, generation, operator);
                }
            } catch (SQLException failure) {
                throw new MigrationException(
                        migration,
                        "that " + entity + " is copied could not be noted on " + site.name() + " ("
                                + FailureSummary.of(failure) + "). Complete the copy again when it answers.",
                        failure);
            }
        }

        private void noteOnce(Site site, long generation, Operator operator) throws SQLException {
            site.own((connection, tables) -> {
                tables.books().copied(connection, entity, generation, operator);
                return true;
            });
        }

        /** Nothing is lost that the database did not keep. */
        @Override
        public void lostTrack() {}
    }
}
