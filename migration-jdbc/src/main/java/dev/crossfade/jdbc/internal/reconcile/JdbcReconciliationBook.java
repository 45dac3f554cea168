package dev.crossfade.jdbc.internal.reconcile;

import dev.crossfade.Operator;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.SharedBook;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.site.Site.Tables;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.ReconciliationBook;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The book in the new store's database, whichever side is primary, shared by all instances. Nothing is remembered here. */
public final class JdbcReconciliationBook implements ReconciliationBook {
    private final String migration;
    private final String entity;
    private final Site site;
    private final String prefix;
    private final KeyCodec codec;
    private final String instance;
    private final SharedBook shared;

    /** @param site the new store's database */
    public JdbcReconciliationBook(
            String migration, String entity, Site site, String prefix, KeyCodec codec, String instance) {
        this.migration = migration;
        this.entity = entity;
        this.site = site;
        this.prefix = prefix;
        this.codec = codec;
        this.instance = instance;
        this.shared = new SharedBook(migration, "the reconciliation of " + entity, site);
    }

    /** Work on the runs. */
    @FunctionalInterface
    private interface BookWork<T> {
        T run(Connection connection, Tables tables, AuditTable runs) throws SQLException;
    }

    private <T> T own(String what, BookWork<T> work) {
        return shared.repeatedly(
                what,
                () -> site.own((connection, tables) -> work.run(
                        connection, tables, new AuditTable(tables.dialect(), codec, prefix, migration, entity))));
    }

    @Override
    public Optional<Run> look() {
        return own("be looked up", (connection, tables, runs) -> runs.last(connection));
    }

    @Override
    public Optional<Run> lastFull(long generation) {
        return own("be looked up", (connection, tables, runs) -> runs.lastFull(connection, generation));
    }

    @Override
    public Optional<Boolean> begin(FenceView seen, Scope scope, Operator operator, @Nullable Duration unlessWithin) {
        return own("begin", (connection, tables, runs) -> {
            boolean fits = tables.fence()
                    .read(connection)
                    .filter(fence -> fence.stage().isDualWrite() && fence.generation() == seen.generation())
                    .isPresent();
            if (!fits) {
                return Optional.empty();
            }
            Run active = runs.active(connection).orElse(null);
            if (active != null && active.generation() == seen.generation()) {
                return Optional.of(false);
            }
            if (active != null) {
                runs.turn(connection, active, RunState.VOID, null);
            }
            if (unlessWithin != null && runs.beganWithin(connection, seen.generation(), scope, unlessWithin)) {
                return Optional.of(false);
            }
            runs.insert(connection, seen, scope, operator);
            audit(
                    connection,
                    tables,
                    "start",
                    operator,
                    "reconciliation of " + entity + ", " + scope.text() + ", runs");
            return Optional.of(true);
        });
    }

    private static void audit(Connection connection, Tables tables, String what, Operator operator, String outcome)
            throws SQLException {
        FenceRow fence = tables.fence().read(connection).orElse(null);
        if (fence != null) {
            tables.books()
                    .audit(
                            connection,
                            new Deed(
                                    "reconciliation " + what,
                                    fence.stage(),
                                    fence.stage(),
                                    fence.epoch(),
                                    operator,
                                    outcome));
        }
    }

    @Override
    public boolean turn(String run, List<RunState> from, RunState to, Operator operator, @Nullable String reason) {
        return own("change its state", (connection, tables, runs) -> {
            Run now = runs.lock(connection, run).orElse(null);
            if (now == null || !from.contains(now.state())) {
                return false;
            }
            if (!to.isEnd() && now.state().isEnd() && runs.active(connection).isPresent()) {
                return false;
            }
            runs.turn(connection, now, to, reason);
            String outcome = "reconciliation of " + entity + " is " + to + (reason == null ? "" : ": " + reason);
            audit(connection, tables, "state", operator, outcome);
            return true;
        });
    }

    @Override
    public Optional<Claim> claim(String run) {
        return own("be taken", (connection, tables, runs) -> {
            Run now = runs.lock(connection, run).orElse(null);
            return now == null || now.state().isEnd()
                    ? Optional.empty()
                    : runs.claim(connection, now, instance, SharedBook.LEASE);
        });
    }

    @Override
    public Optional<Claim> advance(Claim claim, @Nullable EntityKey position, Counts more, boolean isLast) {
        return own("go on", (connection, tables, runs) -> {
            Run now = runs.lock(connection, claim.run()).orElse(null);
            if (now == null || now.state().isEnd()) {
                return Optional.empty();
            }
            if (!runs.advance(connection, claim, position, now.counts().plus(more), SharedBook.LEASE)) {
                return Optional.empty();
            }
            if (isLast && now.state() == RunState.RUNNING) {
                runs.turn(connection, runs.lock(connection, claim.run()).orElse(now), RunState.COMPLETED, null);
            }
            return Optional.of(new Claim(claim.run(), claim.token(), position));
        });
    }

    @Override
    public boolean renew(Claim claim) {
        return own("renew its claim", (connection, tables, runs) -> runs.renew(connection, claim, SharedBook.LEASE));
    }

    @Override
    public void release(Claim claim) {
        own("be given back", (connection, tables, runs) -> {
            runs.release(connection, claim);
            return true;
        });
    }
}
