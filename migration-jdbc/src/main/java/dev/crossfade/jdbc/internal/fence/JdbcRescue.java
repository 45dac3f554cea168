package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Operator;
import dev.crossfade.Recovery.Forced;
import dev.crossfade.Recovery.Raised;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Rescue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a person does to the fences after a failover or a restore. Each step is a compare-and-set in a transaction that holds
 * the fence exclusively, as those of the {@link Handover}, and each leaves a state from which it can be called again.
 */
public final class JdbcRescue implements Rescue {
    /** An old primary that does not answer may have counted moves that were given up, which nobody else has seen. */
    static final long LEAP = 1_000_000;

    /** Nobody writes meanwhile as it is. */
    private static final Duration TO_ALIGN = Duration.ofSeconds(30);

    private final RescueSteps steps;
    private final OldPrimary oldPrimary;
    private final IdAlignment ids;
    private final Runnable look;

    /** @param look has this process look at the fence again */
    public JdbcRescue(String migration, Site legacy, Site next, OldPrimary oldPrimary, IdAlignment ids, Runnable look) {
        this.steps = new RescueSteps(migration, legacy, next);
        this.oldPrimary = oldPrimary;
        this.ids = ids;
        this.look = look;
    }

    @Override
    public void accept(Side side, Operator operator) {
        Site site = steps.site(side);
        steps.run("accept " + site.name(), site, (connection, tables) -> {
            String identity = DatabaseIdentity.of(connection);
            FenceRow row = RescueSteps.lock(connection, tables);
            if (row.identity().equals(identity)) {
                throw steps.refused(
                        site.name() + " is the database that took part before", "There is nothing to accept.");
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
        Rows rows = steps.read();
        FenceView view = rows.view().orElseThrow(() -> steps.undecided("the primary is not known"));
        Side side = view.stage().primary();
        FenceRow primary = steps.answering(rows, side);
        FenceRow secondary = steps.answering(rows, side.other());
        // A restored primary may be behind; the stage that the secondary was told is the later one then.
        Stage stage = secondary.epoch() > primary.epoch() ? secondary.stage() : primary.stage();
        if (primary.role() != Role.PRIMARY || secondary.role() != Role.SECONDARY) {
            throw steps.undecided("the fences say " + primary.role() + " and " + secondary.role());
        }
        if (!stage.isDualWrite() || stage.primary() != side) {
            throw steps.refused(
                    "the stage is " + stage + ", in which nothing crosses from "
                            + steps.site(side).name(),
                    "Raise the generation where both sides are written.");
        }
        int ahead = steps.hold(
                steps.site(side),
                steps.site(side.other()),
                primary.epoch(),
                Math.max(primary.generation(), secondary.generation()));
        long epoch = Math.max(primary.epoch(), secondary.epoch()) + 1;
        long generation = Math.max(primary.generation(), secondary.generation()) + 1;
        // The secondary first: no refresh of the old generation passes from here on.
        steps.step(steps.site(side.other()), secondary, raised(secondary, stage, epoch, generation), null);
        steps.step(
                steps.site(side),
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

    @Override
    public Forced forcePrimary(Side side, Operator operator) {
        if (!operator.approvesPointOfNoReturn()) {
            throw steps.refused(
                    "forcing a primary loses what has not crossed",
                    "Ask with operator.approvingPointOfNoReturn() if the other side is lost for good.");
        }
        Rows rows = steps.read();
        FenceRow row = steps.answering(rows, side);
        FenceRow old = rows.of(side.other());
        Site site = steps.site(side);
        if (row.role() == Role.PRIMARY && (old == null || old.epoch() < row.epoch() || old.role() != Role.PRIMARY)) {
            throw steps.refused(site.name() + " is primary at epoch " + row.epoch(), "There is nothing to force.");
        }
        if (!row.stage().isDualWrite()) {
            throw steps.refused(
                    "the fence of " + site.name() + " says " + row.stage()
                            + ", in which it does not follow the other side",
                    "Restore the other side instead.");
        }
        if (old != null && RescueSteps.mayWrite(old)) {
            // Stops its writers. If this instance dies now, the move is given up as any other that was only drained.
            FenceRow stopped = RescueSteps.withRole(old, Role.DRAINING);
            steps.step(steps.site(side.other()), old, stopped, null);
            old = stopped;
        }
        align(side, old != null);
        long known = Math.max(row.epoch(), old == null ? 0 : old.epoch());
        long epoch = known + (old == null ? LEAP : 1);
        long generation = Math.max(row.generation(), old == null ? 0 : old.generation()) + 1;
        Stage stage = side == Side.NEW ? Stage.NEW_PRIMARY : Stage.LEGACY_PRIMARY;
        FenceRow forced = new FenceRow(Role.PRIMARY, stage, epoch, generation, row.revision(), row.identity());
        steps.step(
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
        OptionalInt lost =
                old == null ? OptionalInt.empty() : OptionalInt.of(oldPrimary.takeBack(side.other(), old, forced));
        look.run();
        return new Forced(epoch, generation, lost);
    }

    private void align(Side side, boolean bothAnswer) {
        try {
            ids.align(steps.site(bothAnswer ? side.other() : side), steps.site(side), TO_ALIGN);
        } catch (SQLException failure) {
            throw steps.failed("align the generated ids", failure);
        }
    }

    @Override
    public List<EntityKey> ahead(int max) {
        Side side = steps.read()
                .view()
                .orElseThrow(() -> steps.undecided("the primary is not known"))
                .stage()
                .primary();
        return steps.run(
                "list the keys",
                steps.site(side),
                (connection, tables) -> tables.failures().held(connection, max));
    }

    /** The transaction that is open on this thread is the primary's: it is the only one that writers have. */
    @Override
    public List<EntityKey> release(Collection<EntityKey> keys, Operator operator) throws SQLException {
        FenceView view = steps.read().view().orElseThrow(() -> steps.undecided("the primary is not known"));
        Site primary = steps.site(view.stage().primary());
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

    private static Deed deed(String what, FenceRow row, Operator operator, String outcome) {
        return new Deed(what, row.stage(), row.stage(), row.epoch(), operator, outcome);
    }
}
