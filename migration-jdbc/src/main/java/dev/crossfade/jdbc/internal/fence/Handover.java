package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.site.Site.Tables;
import dev.crossfade.jdbc.internal.sql.AmbiguousCommit;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps by which the primary moves. Each is a compare-and-set on the fence of one database, in a transaction of its own
 * that holds the fence exclusively, and each leaves a state from which any instance can go on:
 *
 * <pre>
 * drain    fence[p] PRIMARY(e)    to DRAINING(e+1)     writers wait from here
 * prepare  fence[d] SECONDARY     to PREPARED(e+1)
 * release  fence[p] DRAINING(e+1) to SECONDARY(e+1)    the point of commitment, if nothing is dirty
 * grant    fence[d] PREPARED(e+1) to PRIMARY(e+1)      writers go on, by anyone
 * abort    fence[p] DRAINING(e+1) to PRIMARY(e+2)      the same row as release: only one of them wins
 * </pre>
 *
 * <p>Drain and prepare are refused while another migration moves in the same database: the writers of both would wait.
 */
public final class Handover {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    /** Nobody holds a fence for long where no write can begin. */
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(1);

    /**
     * A move that has not got on for so long keeps other migrations from moving no more: its own instances end it much
     * sooner, if there are any.
     */
    static final Duration FORGOTTEN = Duration.ofSeconds(10);

    private static final Operator OPENER = Operator.of("crossfade", "the move was drained");
    private static final Operator GRANTER = Operator.of("crossfade", "the move was released");
    private static final Operator UNCONFIRMED =
            Operator.of("crossfade", "the database did not confirm that the move was drained");

    private final String migration;
    private final Site legacy;
    private final Site next;
    private final IdAlignment ids;

    public Handover(String migration, Site legacy, Site next, IdAlignment ids) {
        this.migration = migration;
        this.legacy = legacy;
        this.next = next;
        this.ids = ids;
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    /**
     * Stops new writes on the primary; false if the view is out of date, if writes under way did not end in time, or if
     * another migration moves in this database.
     */
    boolean drain(FenceView seen, Stage to, Operator operator, Duration timeout) {
        long epoch = seen.epoch() + 1;
        try {
            return compareAndSet(
                    "drain",
                    seen.stage().primary(),
                    timeout,
                    row -> is(row, Role.PRIMARY, seen.epoch()) && row.stage() == seen.stage()
                            ? with(row, Role.DRAINING, row.stage(), epoch, row.generation())
                            : null,
                    new Deed("drain", seen.stage(), to, epoch, operator, "writes wait"));
        } catch (AmbiguousCommit unknown) {
            // If it drains now, that may as well be someone else's move, and two must not go on with one drain.
            abort(seen.stage(), epoch, UNCONFIRMED);
            return false;
        }
    }

    /** Ends a drained move at another stage; false if it is still draining, or was given up by someone else. */
    boolean finish(FenceView closed, Stage to, BooleanSupplier settled, Duration timeout) {
        return closed.stage().primary() == to.primary()
                ? stay(closed, to, settled, timeout)
                : change(closed, to, timeout);
    }

    /** The primary stays where it is: only the stage changes, and with the entry the generation. */
    private boolean stay(FenceView closed, Stage to, BooleanSupplier settled, Duration timeout) {
        Side primary = closed.stage().primary();
        boolean entry = closed.stage() == Stage.LEGACY_ONLY && to == Stage.LEGACY_PRIMARY;
        long generation = entry ? closed.generation() + 1 : closed.generation();
        boolean told = step(
                "tell the secondary",
                primary.other(),
                timeout,
                row -> row.role() == Role.PRIMARY || row.epoch() > closed.epoch()
                        ? null
                        : with(row, Role.SECONDARY, to, closed.epoch(), Math.max(generation, row.generation())),
                null);
        // Without the secondary there is nothing to write dually, and from the last stage on nothing to go back to.
        boolean needed = to.isDualWrite();
        if ((needed && !told) || !settled.getAsBoolean()) {
            return false;
        }
        long raised = entry ? Math.max(generation, generationOf(primary.other())) : generation;
        boolean opened = step(
                "open",
                primary,
                timeout,
                row -> is(row, Role.DRAINING, closed.epoch())
                        ? with(row, Role.PRIMARY, to, closed.epoch(), raised)
                        : null,
                new Deed(Deed.OPEN, closed.stage(), to, closed.epoch(), OPENER, "writes go on"));
        // Its COMMIT may have been carried out although nobody heard of it.
        return opened || has(primary, Role.PRIMARY, closed.epoch());
    }

    private long generationOf(Side side) {
        try {
            return site(side)
                    .<Optional<FenceRow>>own(
                            (connection, tables) -> tables.fence().read(connection))
                    .map(FenceRow::generation)
                    .orElse(0L);
        } catch (SQLException failure) {
            throw unexpected("read the generation", side, failure);
        }
    }

    private boolean change(FenceView closed, Stage to, Duration timeout) {
        Side from = closed.stage().primary();
        Side target = to.primary();
        // Whether nothing is dirty is for the release to ask, in the database: this process may know of keys that
        // another
        // instance has refreshed meanwhile.
        return align(from, target, timeout)
                && prepare(target, closed, to, timeout)
                && release(from, closed, to, timeout)
                && grantPatiently(target, closed.epoch());
    }

    private boolean align(Side from, Side target, Duration timeout) {
        try {
            ids.align(site(from), site(target), timeout);
            return true;
        } catch (SQLException failure) {
            log.warn(
                    "{} - the ids of {} could not be aligned ({}); the move is given up",
                    migration,
                    site(target).name(),
                    FailureSummary.of(failure));
            return false;
        }
    }

    private boolean prepare(Side target, FenceView closed, Stage to, Duration timeout) {
        return step(
                "prepare",
                target,
                timeout,
                // Of a later generation it has not followed: a raise was not finished.
                row -> row.role() == Role.SECONDARY
                                && row.epoch() <= closed.epoch()
                                && row.generation() <= closed.generation()
                        ? new FenceRow(
                                Role.PREPARED,
                                to,
                                closed.epoch(),
                                row.generation(),
                                // A wish that was tried stays tried, whichever side is asked.
                                Math.max(row.revision(), closed.revision()),
                                row.identity())
                        : null,
                null);
    }

    /** The point of commitment. Asks the ledger once more, in the very transaction that gives the primacy up. */
    private boolean release(Side from, FenceView closed, Stage to, Duration timeout) {
        try {
            return site(from).own((connection, tables) -> {
                FenceRow row = lock(connection, tables, timeout);
                if (!is(row, Role.DRAINING, closed.epoch()) || !tables.ledger().isSettled(connection)) {
                    return false;
                }
                tables.fence().write(connection, with(row, Role.SECONDARY, to, closed.epoch(), row.generation()));
                return true;
            });
        } catch (SQLException failure) {
            // COMMIT may have been carried out: whoever reads the fence next sees which of the two it was.
            log.warn(
                    "{} - the release of {} failed ({}); the fence tells whether it happened",
                    migration,
                    site(from).name(),
                    FailureSummary.of(failure));
            return has(from, Role.SECONDARY, closed.epoch());
        }
    }

    private boolean has(Side side, Role role, long epoch) {
        try {
            return site(side)
                    .<Optional<FenceRow>>own(
                            (connection, tables) -> tables.fence().read(connection))
                    .filter(row -> is(row, role, epoch))
                    .isPresent();
        } catch (SQLException unknown) {
            return false;
        }
    }

    /** The move is decided; if the new primary cannot be told now, every instance goes on trying. */
    private boolean grantPatiently(Side target, long epoch) {
        if (!grant(target, epoch) && !has(target, Role.PRIMARY, epoch)) {
            log.error(
                    "{} - the primacy was released to {} and could not be granted yet; writes wait, and every instance tries "
                            + "again each second",
                    migration,
                    site(target).name());
        }
        return true;
    }

    /** Finishes a move whose release is known to be committed. Idempotent. */
    boolean grant(Side target, long epoch) {
        return step(
                "grant",
                target,
                STEP_TIMEOUT,
                row -> is(row, Role.PREPARED, epoch)
                        ? with(row, Role.PRIMARY, row.stage(), epoch, row.generation())
                        : null,
                new Deed("grant", stageBefore(target), stageAfter(target), epoch, GRANTER, "writes go on"));
    }

    private static Stage stageAfter(Side target) {
        return target == Side.NEW ? Stage.NEW_PRIMARY : Stage.LEGACY_PRIMARY;
    }

    private static Stage stageBefore(Side target) {
        return stageAfter(target.other());
    }

    /** Gives up a move that was not released; no-op otherwise. */
    void abort(Stage stage, long epoch, Operator operator) {
        Side primary = stage.primary();
        boolean aborted = step(
                "abort",
                primary,
                STEP_TIMEOUT,
                row -> is(row, Role.DRAINING, epoch)
                        ? with(row, Role.PRIMARY, row.stage(), epoch + 1, row.generation())
                        : null,
                new Deed("abort", stage, stage, epoch + 1, operator, "writes go on where they were"));
        if (aborted) {
            settleSecondary(primary.other(), stage, epoch + 1);
        }
    }

    /** Takes a side back that was prepared for a move which was given up. */
    void settleSecondary(Side secondary, Stage stage, long epoch) {
        step(
                "take back",
                secondary,
                STEP_TIMEOUT,
                row -> row.role() == Role.PREPARED && row.epoch() < epoch
                        ? with(row, Role.SECONDARY, stage, epoch, row.generation())
                        : null,
                null);
    }

    /** Has a secondary know the stage and the epoch that it missed. */
    void tellSecondary(Side secondary, FenceView view) {
        step(
                "tell the secondary",
                secondary,
                STEP_TIMEOUT,
                row -> row.role() == Role.SECONDARY && row.epoch() < view.epoch()
                        ? with(row, Role.SECONDARY, view.stage(), view.epoch(), row.generation())
                        : null,
                null);
    }

    boolean claimRevision(Side primary, long revision) {
        return step(
                "note a wish",
                primary,
                STEP_TIMEOUT,
                row -> revision > row.revision() && row.role() == Role.PRIMARY
                        ? new FenceRow(row.role(), row.stage(), row.epoch(), row.generation(), revision, row.identity())
                        : null,
                null);
    }

    /**
     * One compare-and-set; false if the fence is not as expected, is held for too long, or cannot be reached, and where the
     * COMMIT was not confirmed.
     */
    private boolean step(
            String what,
            Side side,
            Duration timeout,
            Function<FenceRow, @Nullable FenceRow> change,
            @Nullable Deed deed) {
        try {
            return compareAndSet(what, side, timeout, change, deed);
        } catch (AmbiguousCommit unknown) {
            return false;
        }
    }

    private boolean compareAndSet(
            String what,
            Side side,
            Duration timeout,
            Function<FenceRow, @Nullable FenceRow> change,
            @Nullable Deed deed)
            throws AmbiguousCommit {
        try {
            return site(side).own((connection, tables) -> {
                FenceRow changed = change.apply(lock(connection, tables, timeout));
                if (changed == null || (isClaim(changed) && !isAlone(connection, tables))) {
                    return false;
                }
                tables.fence().write(connection, changed);
                note(connection, tables, deed);
                return true;
            });
        } catch (AmbiguousCommit unknown) {
            log.warn(
                    "{} - {} did not confirm the COMMIT of the step \"{}\" ({}); the fence tells whether it happened",
                    migration,
                    site(side).name(),
                    what,
                    FailureSummary.of(unknown));
            throw unknown;
        } catch (SQLException failure) {
            if (failure instanceof FenceHeld || SqlFailure.isContention(failure)) {
                return false;
            }
            log.warn("{} - could not {} on {} ({})", migration, what, site(side).name(), FailureSummary.of(failure));
            return false;
        }
    }

    /** Whether the database is taken for the move by this row, to the exclusion of other migrations. */
    private static boolean isClaim(FenceRow row) {
        return row.role() == Role.DRAINING || row.role() == Role.PREPARED;
    }

    private static boolean isAlone(Connection connection, Tables tables) throws SQLException {
        tables.fence().lockMoves(connection);
        return tables.fence().otherMoves(connection, FORGOTTEN).isEmpty();
    }

    /** The moves of other migrations in this database, in words for an operator; none if it cannot be asked. */
    List<String> others(Site site) {
        try {
            return site.own((connection, tables) -> tables.fence().otherMoves(connection, FORGOTTEN).stream()
                    .map(move -> move + " in " + site.name())
                    .toList());
        } catch (SQLException failure) {
            log.debug("{} - other moves in {} are not known ({})", migration, site.name(), FailureSummary.of(failure));
            return List.of();
        }
    }

    /** Throws where the time is over, so that the transaction rolls back, as it has to then. */
    private static FenceRow lock(Connection connection, Tables tables, Duration timeout) throws SQLException {
        return tables.fence().lockExclusive(connection, timeout).orElseThrow(FenceHeld::new);
    }

    private static void note(Connection connection, Tables tables, @Nullable Deed deed) throws SQLException {
        if (deed != null) {
            tables.books().audit(connection, deed);
        }
    }

    private static boolean is(FenceRow row, Role role, long epoch) {
        return row.role() == role && row.epoch() == epoch;
    }

    private static FenceRow with(FenceRow row, Role role, Stage stage, long epoch, long generation) {
        return new FenceRow(role, stage, epoch, generation, row.revision(), row.identity());
    }

    private IllegalStateException unexpected(String what, Side side, SQLException failure) {
        return new IllegalStateException("Migration '" + migration + "': could not " + what + " of "
                + site(side).name() + " (" + FailureSummary.of(failure) + ")");
    }

    /** Writes or refreshes under way hold the fence for longer than the mover waits. */
    private static final class FenceHeld extends SQLException {
        FenceHeld() {
            super("the fence is held by others");
        }
    }
}
