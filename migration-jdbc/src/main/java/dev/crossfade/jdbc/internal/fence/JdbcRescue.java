package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.Recovery.Forced;
import dev.crossfade.Recovery.Raised;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.site.Site.SqlWork;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Rescue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person does to the fences after a failover or a restore. Each step is a compare-and-set in a transaction that holds
 * the fence exclusively, as those of the {@link Handover}, and each leaves a state from which it can be called again.
 */
public final class JdbcRescue implements Rescue {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 5;
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final String JOB = "take back";

    /** An old primary that does not answer may have counted moves that were given up, which nobody else has seen. */
    static final long LEAP = 1_000_000;

    private static final Operator KEEPER =
            Operator.of("crossfade", "the other side was made primary at a higher epoch meanwhile");

    private final String migration;
    private final String instance;
    private final Site legacy;
    private final Site next;
    private final IdAlignment ids;
    private final Runnable look;

    /** @param look has this process look at the fence again */
    public JdbcRescue(String migration, String instance, Site legacy, Site next, IdAlignment ids, Runnable look) {
        this.migration = migration;
        this.instance = instance;
        this.legacy = legacy;
        this.next = next;
        this.ids = ids;
        this.look = look;
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    @Override
    public void accept(Side side, Operator operator) {
        Site site = site(side);
        run("accept " + site.name(), site, (connection, tables) -> {
            String identity = DatabaseIdentity.of(connection);
            FenceRow row =
                    tables.fence().lockExclusive(connection, STEP_TIMEOUT).orElseThrow(Held::new);
            if (row.identity().equals(identity)) {
                throw refused(site.name() + " is the database that took part before", "There is nothing to accept.");
            }
            tables.fence()
                    .write(
                            connection,
                            new FenceRow(
                                    row.role(), row.stage(), row.epoch(), row.generation(), row.revision(), identity));
            tables.books().audit(connection, deed("accept", row, operator, "its identity is that of the fence now"));
            return true;
        });
        look.run();
    }

    @Override
    public Raised raiseGeneration(Operator operator) {
        Rows rows = read();
        FenceView view = rows.view().orElseThrow(() -> undecided("the primary is not known"));
        Side side = view.stage().primary();
        FenceRow primary = answering(rows, side);
        FenceRow secondary = answering(rows, side.other());
        // A restored primary may be behind; the stage that the secondary was told is the later one then.
        Stage stage = secondary.epoch() > primary.epoch() ? secondary.stage() : primary.stage();
        if (primary.role() != Role.PRIMARY || secondary.role() != Role.SECONDARY) {
            throw undecided("the fences say " + primary.role() + " and " + secondary.role());
        }
        if (!stage.isDualWrite() || stage.primary() != side) {
            throw refused(
                    "the stage is " + stage + ", in which nothing crosses from "
                            + site(side).name(),
                    "Raise the generation where both sides are written.");
        }
        int ahead = hold(
                site(side),
                site(side.other()),
                primary.epoch(),
                Math.max(primary.generation(), secondary.generation()));
        long epoch = Math.max(primary.epoch(), secondary.epoch()) + 1;
        long generation = Math.max(primary.generation(), secondary.generation()) + 1;
        // The secondary first: no refresh of the old generation passes from here on.
        step(site(side.other()), secondary, raised(secondary, stage, epoch, generation), null);
        step(
                site(side),
                primary,
                raised(primary, stage, epoch, generation),
                new Deed(
                        "raise generation",
                        stage,
                        stage,
                        epoch,
                        operator,
                        "generation " + generation + ", " + ahead + " keys wait for a decision"));
        look.run();
        return new Raised(epoch, generation, ahead);
    }

    private static FenceRow raised(FenceRow row, Stage stage, long epoch, long generation) {
        return new FenceRow(row.role(), stage, epoch, generation, row.revision(), row.identity());
    }

    private int hold(Site primary, Site other, long epoch, long generation) {
        try {
            int held = AheadKeys.hold(primary, other, epoch, generation);
            if (held < 0) {
                throw undecided("the primary has moved meanwhile");
            }
            return held;
        } catch (SQLException failure) {
            throw failed("compare the ledgers", failure);
        }
    }

    @Override
    public Forced forcePrimary(Side side, Operator operator) {
        if (!operator.approvesPointOfNoReturn()) {
            throw refused(
                    "forcing a primary loses what has not crossed",
                    "Ask with operator.approvingPointOfNoReturn() if the other side is lost for good.");
        }
        Rows rows = read();
        FenceRow row = answering(rows, side);
        FenceRow old = rows.of(side.other());
        Site site = site(side);
        if (row.role() == Role.PRIMARY && (old == null || old.epoch() < row.epoch() || old.role() != Role.PRIMARY)) {
            throw refused(site.name() + " is primary at epoch " + row.epoch(), "There is nothing to force.");
        }
        if (!row.stage().isDualWrite()) {
            throw refused(
                    "the fence of " + site.name() + " says " + row.stage()
                            + ", in which it does not follow the other side",
                    "Restore the other side instead.");
        }
        if (old != null && mayWrite(old)) {
            // Stops its writers. If this instance dies now, the move is given up as any other that was only drained.
            FenceRow stopped = withRole(old, Role.DRAINING);
            step(site(side.other()), old, stopped, null);
            old = stopped;
        }
        align(side, old != null);
        long known = Math.max(row.epoch(), old == null ? 0 : old.epoch());
        long epoch = known + (old == null ? LEAP : 1);
        long generation = Math.max(row.generation(), old == null ? 0 : old.generation()) + 1;
        Stage stage = side == Side.NEW ? Stage.NEW_PRIMARY : Stage.LEGACY_PRIMARY;
        FenceRow forced = new FenceRow(Role.PRIMARY, stage, epoch, generation, row.revision(), row.identity());
        step(
                site,
                row,
                forced,
                new Deed(
                        "force primary",
                        row.stage(),
                        stage,
                        epoch,
                        operator,
                        old == null ? "the other side does not answer" : "the other side answers"));
        OptionalInt lost = old == null ? OptionalInt.empty() : OptionalInt.of(takeBack(side.other(), old, forced));
        look.run();
        return new Forced(epoch, generation, lost);
    }

    private static boolean mayWrite(FenceRow row) {
        return row.role() == Role.PRIMARY || row.role() == Role.DRAINING;
    }

    private static FenceRow withRole(FenceRow row, Role role) {
        return new FenceRow(role, row.stage(), row.epoch(), row.generation(), row.revision(), row.identity());
    }

    private void align(Side side, boolean bothAnswer) {
        try {
            ids.align(site(bothAnswer ? side.other() : side), site(side));
        } catch (SQLException failure) {
            throw failed("align the generated ids", failure);
        }
    }

    /** Makes a side secondary that still says that it is primary, below the epoch at which the other one is. */
    void takeBackIfStale(Rows rows) {
        FenceView view = rows.view().orElse(null);
        if (view == null || view.phase() != FenceView.Phase.OPEN) {
            return;
        }
        Side side = view.stage().primary();
        FenceRow primary = rows.of(side);
        FenceRow old = rows.of(side.other());
        if (primary != null && old != null && mayWrite(old) && old.epoch() < primary.epoch() && claims(side)) {
            log.error(
                    "{} - {} came back as primary of epoch {}, after {} was made primary at epoch {}; it becomes the "
                            + "secondary. If it was restored from a backup, raise the generation",
                    migration,
                    site(side.other()).name(),
                    old.epoch(),
                    site(side).name(),
                    primary.epoch());
            takeBack(side.other(), old, primary);
        }
    }

    private boolean claims(Side primary) {
        try {
            return site(primary).own((connection, tables) -> tables.books().claim(connection, JOB, instance, LEASE));
        } catch (SQLException failure) {
            return false;
        }
    }

    /** Stops the old primary, holds back what it alone has kept, and only then lets refreshes overwrite it. */
    private int takeBack(Side side, FenceRow old, FenceRow primary) {
        FenceRow stopped = mayWrite(old) ? withRole(old, Role.DRAINING) : old;
        if (old.role() == Role.PRIMARY) {
            step(site(side), old, stopped, null);
        }
        int held =
                hold(site(side.other()), site(side), primary.epoch(), Math.max(old.generation(), primary.generation()));
        step(
                site(side),
                stopped,
                new FenceRow(
                        Role.SECONDARY,
                        primary.stage(),
                        primary.epoch(),
                        primary.generation(),
                        Math.max(old.revision(), primary.revision()),
                        old.identity()),
                new Deed(
                        "take back",
                        old.stage(),
                        primary.stage(),
                        primary.epoch(),
                        KEEPER,
                        held + " keys wait for a decision"));
        return held;
    }

    @Override
    public List<EntityKey> ahead(int max) {
        Side side = read().view()
                .orElseThrow(() -> undecided("the primary is not known"))
                .stage()
                .primary();
        return run(
                "list the keys",
                site(side),
                (connection, tables) -> tables.failures().held(connection, max));
    }

    /** The transaction that is open on this thread is the primary's: it is the only one that writers have. */
    @Override
    public List<EntityKey> release(Collection<EntityKey> keys, Operator operator) throws SQLException {
        FenceView view = read().view().orElseThrow(() -> undecided("the primary is not known"));
        Site primary = site(view.stage().primary());
        Connection connection = primary.transactions().connection();
        List<EntityKey> held = primary.tables().failures().lockHeld(connection, keys);
        primary.tables().failures().retry(connection, held);
        primary.tables()
                .books()
                .audit(
                        connection,
                        new Deed(
                                "keep secondary",
                                view.stage(),
                                view.stage(),
                                view.epoch(),
                                operator,
                                held.size() + " keys are written as the secondary has them"));
        return held;
    }

    private Rows read() {
        return new Rows(read(legacy), read(next));
    }

    private @Nullable FenceRow read(Site site) {
        try {
            return site.<Optional<FenceRow>>own(
                            (connection, tables) -> tables.fence().read(connection))
                    .orElse(null);
        } catch (SQLException failure) {
            log.warn("{} - the fence of {} cannot be read ({})", migration, site.name(), FailureSummary.of(failure));
            return null;
        }
    }

    private FenceRow answering(Rows rows, Side side) {
        FenceRow row = rows.of(side);
        if (row == null) {
            throw refused("the fence of " + site(side).name() + " cannot be read", "Try again when it can.");
        }
        return row;
    }

    /** One compare-and-set; waits for writes under way as long as it may. */
    private void step(Site site, FenceRow expected, FenceRow changed, @Nullable Deed deed) {
        boolean done = run("change the fence of " + site.name(), site, (connection, tables) -> {
            FenceRow row =
                    tables.fence().lockExclusive(connection, STEP_TIMEOUT).orElseThrow(Held::new);
            if (!row.equals(expected)) {
                return false;
            }
            tables.fence().write(connection, changed);
            if (deed != null) {
                tables.books().audit(connection, deed);
            }
            return true;
        });
        if (!done) {
            throw undecided("the fence of " + site.name() + " has changed meanwhile");
        }
    }

    private <T> T run(String what, Site site, SqlWork<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return site.own(work);
            } catch (SQLException failure) {
                boolean again = failure instanceof Held || SqlFailure.isContention(failure);
                if (!again || attempt == ATTEMPTS) {
                    throw failed(what, failure);
                }
            }
        }
    }

    private static Deed deed(String what, FenceRow row, Operator operator, String outcome) {
        return new Deed(what, row.stage(), row.stage(), row.epoch(), operator, outcome);
    }

    private MigrationException refused(String what, String next) {
        return new MigrationException(migration, what + ". Nothing was changed. " + next);
    }

    private MigrationException undecided(String what) {
        return new MigrationException(
                migration, what + ". No row of an entity was changed. Call it again once no move is under way.");
    }

    private MigrationException failed(String what, SQLException failure) {
        return new MigrationException(
                migration,
                "could not " + what + " ("
                        + (failure instanceof Held
                                ? "writes under way hold the fence"
                                : FailureSummary.of(failure).toString())
                        + "). No row of an entity was changed. Call it again.",
                failure);
    }

    /** Writes or refreshes under way hold the fence for longer than this waits. */
    private static final class Held extends SQLException {
        Held() {
            super("the fence is held by others");
        }
    }
}
