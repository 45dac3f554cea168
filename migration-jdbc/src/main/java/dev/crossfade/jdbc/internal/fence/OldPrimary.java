package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.FenceView;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes back a side that still says that it is primary after the other one was made primary at a higher epoch. */
public final class OldPrimary {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final String JOB = "take back";

    private static final Operator KEEPER =
            Operator.of("crossfade", "the other side was made primary at a higher epoch meanwhile");

    private final String migration;
    private final String instance;
    private final RescueSteps steps;

    public OldPrimary(String migration, String instance, Site legacy, Site next) {
        this.migration = migration;
        this.instance = instance;
        this.steps = new RescueSteps(migration, legacy, next);
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
        if (primary != null
                && old != null
                && RescueSteps.mayWrite(old)
                && old.epoch() < primary.epoch()
                && claims(side)) {
            log.error(
                    "{} - {} came back as primary of epoch {}, after {} was made primary at epoch {}; it becomes the "
                            + "secondary. If it was restored from a backup, raise the generation",
                    migration,
                    steps.site(side.other()).name(),
                    old.epoch(),
                    steps.site(side).name(),
                    primary.epoch());
            takeBack(side.other(), old, primary);
        }
    }

    private boolean claims(Side primary) {
        try {
            return steps.site(primary)
                    .own((connection, tables) -> tables.books().claim(connection, JOB, instance, LEASE));
        } catch (SQLException failure) {
            return false;
        }
    }

    /** Stops the old primary, holds back what it alone has kept, and only then lets refreshes overwrite it. */
    int takeBack(Side side, FenceRow old, FenceRow primary) {
        FenceRow stopped = RescueSteps.mayWrite(old) ? RescueSteps.withRole(old, Role.DRAINING) : old;
        if (old.role() == Role.PRIMARY) {
            steps.step(steps.site(side), old, stopped, null);
        }
        int held = steps.hold(
                steps.site(side.other()),
                steps.site(side),
                primary.epoch(),
                Math.max(old.generation(), primary.generation()));
        steps.step(
                steps.site(side),
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
}
