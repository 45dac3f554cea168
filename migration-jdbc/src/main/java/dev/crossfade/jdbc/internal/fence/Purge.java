package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets the ledger where only one side is written, a little at a time. Each piece holds the fence shared, so that none is
 * forgotten once the dual write has begun again. The secondary comes first: were it left with versions that the primary has
 * forgotten, the primary's new ones would look older.
 */
final class Purge {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final int BATCH = 500;

    /** So many pieces at a time: there is more to repair. */
    private static final int BATCHES = 10;

    private final String migration;
    private final Handover handover;
    private final Site legacy;
    private final Site next;

    /** The epoch of which nothing is left to forget. Used by one thread. */
    private long done = -1;

    /** Whether the last call ended with keys left. Used by one thread. */
    private boolean more;

    Purge(String migration, Handover handover, Site legacy, Site next) {
        this.migration = migration;
        this.handover = handover;
        this.legacy = legacy;
        this.next = next;
    }

    /** Goes on with it, if the stage allows it; returns whether there is more to forget at once. */
    boolean goOn(FenceView view, Rows rows) {
        more = false;
        if (view.phase() != Phase.OPEN || view.stage().isDualWrite() || view.epoch() == done) {
            return false;
        }
        Side primary = view.stage().primary();
        try {
            // From the last stage there is no way back, and the other database may be gone.
            boolean secondaryForgotten = view.stage() == Stage.NEW_ONLY || forgetSecondary(view, rows);
            if (secondaryForgotten && forget(site(primary), Role.PRIMARY, view)) {
                done = view.epoch();
            }
        } catch (SQLException failure) {
            log.debug("{} - the ledger was not purged ({}); it is tried again", migration, FailureSummary.of(failure));
        }
        return more;
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    private boolean forgetSecondary(FenceView view, Rows rows) throws SQLException {
        Side secondary = view.stage().primary().other();
        FenceRow row = rows.of(secondary);
        if (row == null || row.role() != Role.SECONDARY) {
            return false;
        }
        if (row.epoch() < view.epoch()) {
            // It did not answer when the dual write was left; until it knows, late refreshes would pass.
            handover.tellSecondary(secondary, view);
            return false;
        }
        return forget(site(secondary), Role.SECONDARY, view);
    }

    /** Whether nothing is left. */
    private boolean forget(Site site, Role role, FenceView view) throws SQLException {
        EntityKey last = null;
        for (int batch = 0; batch < BATCHES; batch++) {
            EntityKey after = last;
            Piece piece = site.own((connection, tables) -> {
                boolean allowed = tables.fence()
                        .lockShared(connection, Stripes.ofThisThread())
                        .filter(row -> row.role() == role && row.stage() == view.stage() && row.epoch() == view.epoch())
                        .isPresent();
                return allowed
                        ? new Piece(
                                true,
                                tables.pages().purge(connection, after, BATCH).orElse(null))
                        : new Piece(false, null);
            });
            if (!piece.allowed() || piece.end() == null) {
                return piece.allowed();
            }
            last = piece.end();
        }
        more = true;
        return false;
    }

    private record Piece(boolean allowed, @Nullable EntityKey end) {}
}
