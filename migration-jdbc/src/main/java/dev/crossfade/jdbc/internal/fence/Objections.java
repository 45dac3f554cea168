package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Instance;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Platform;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the databases themselves have to say against a move. */
public final class Objections {
    /** An instance that has not been heard of for so long counts as gone. */
    static final Duration ALIVE = Duration.ofSeconds(10);

    /** Instances look at the fence once a second; so long they are given to see the last move. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Platform platform;
    private final Site legacy;
    private final Site next;
    private final IdAlignment ids;
    private final Platform.Signal pause;

    public Objections(Platform platform, Site legacy, Site next, IdAlignment ids) {
        this.platform = platform;
        this.legacy = legacy;
        this.next = next;
        this.ids = ids;
        this.pause = platform.newSignal();
    }

    /** All of them; empty if there is none. */
    List<String> against(FenceView seen, Rows rows, Stage to, Operator operator) {
        List<String> reasons = new ArrayList<>();
        Side primary = seen.stage().primary();
        if (rows.isSplit()) {
            reasons.add("both databases say that they are primary; decide which one is true first");
        }
        if (to.isDualWrite()) {
            addSecondary(rows.of(primary.other()), site(primary.other()), reasons);
        }
        if (seen.stage() == Stage.LEGACY_ONLY && !operator.confirmsOnlyWriter()) {
            reasons.add("instances without the library are not seen from here; ask with "
                    + "operator.confirmingOnlyWriter() once none of them writes any more");
        }
        if (to.primary() != primary) {
            reasons.addAll(ids.objections(site(primary), site(to.primary())));
        }
        addInstances(seen, site(primary), reasons);
        return reasons;
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    private static void addSecondary(@Nullable FenceRow row, Site site, List<String> reasons) {
        if (row == null) {
            reasons.add("the fence of " + site.name() + " cannot be read; wait until that database answers");
        } else if (row.role() != Role.SECONDARY && row.role() != Role.PREPARED) {
            reasons.add("the fence of " + site.name() + " says " + row.role() + " where SECONDARY is expected");
        }
    }

    /** Every live instance has to know the present stage, so that never more than two neighbouring ones are in use. */
    private void addInstances(FenceView seen, Site primary, List<String> reasons) {
        long deadline = platform.nanoTime() + PATIENCE.toNanos();
        try {
            List<Instance> late = late(seen, primary);
            while (!late.isEmpty() && platform.nanoTime() - deadline < 0) {
                pause.await(() -> false, LOOK_AGAIN);
                late = late(seen, primary);
            }
            for (Instance instance : late) {
                reasons.add("instance " + instance.id() + " (" + instance.description() + ") still goes by epoch "
                        + instance.epoch() + "; wait until it has seen epoch " + seen.epoch()
                        + ", or until it has been silent for " + ALIVE.toSeconds() + " s");
            }
        } catch (SQLException failure) {
            reasons.add("the instances cannot be listed on " + primary.name() + " (" + FailureSummary.of(failure)
                    + "); wait until that database answers");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            reasons.add("the thread that asked was interrupted");
        }
    }

    private static List<Instance> late(FenceView seen, Site primary) throws SQLException {
        return primary.own((connection, tables) -> tables.books().alive(connection, ALIVE).stream()
                .filter(instance -> instance.epoch() < seen.epoch())
                .toList());
    }
}
