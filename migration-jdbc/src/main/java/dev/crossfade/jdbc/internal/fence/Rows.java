package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the fences of both databases say together. A side that could not be asked is {@code null}: a primary is believed
 * alone, for there is never another at the same time; a secondary alone proves nothing.
 */
record Rows(@Nullable FenceRow legacy, @Nullable FenceRow next) {

    /** What one side says, the other one not asked. */
    static Rows of(Side side, @Nullable FenceRow row) {
        return side == Side.LEGACY ? new Rows(row, null) : new Rows(null, row);
    }

    /** The same with what the other side says. */
    Rows with(Side side, @Nullable FenceRow row) {
        return side == Side.LEGACY ? new Rows(row, next) : new Rows(legacy, row);
    }

    @Nullable
    FenceRow of(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    /** Whether both sides were asked and answered. */
    boolean knowsBoth() {
        return legacy != null && next != null;
    }

    /** The view that both fences make up, or empty if it cannot be told. */
    Optional<FenceView> view() {
        FenceRow open = higher(as(legacy, Role.PRIMARY), as(next, Role.PRIMARY));
        if (open != null) {
            return Optional.of(viewOf(open, Phase.OPEN));
        }
        FenceRow draining = higher(as(legacy, Role.DRAINING), as(next, Role.DRAINING));
        if (draining != null) {
            return Optional.of(viewOf(draining, Phase.DRAINING));
        }
        Side granted = grantable();
        FenceRow prepared = granted == null ? null : of(granted);
        return prepared == null ? Optional.empty() : Optional.of(viewOf(prepared, Phase.DRAINING));
    }

    /** The side whose primacy was released to it and not granted yet; {@code null} if there is none. */
    @Nullable
    Side grantable() {
        if (isReleasedTo(next, legacy)) {
            return Side.NEW;
        }
        return isReleasedTo(legacy, next) ? Side.LEGACY : null;
    }

    private static boolean isReleasedTo(@Nullable FenceRow prepared, @Nullable FenceRow released) {
        return prepared != null
                && released != null
                && prepared.role() == Role.PREPARED
                && released.role() == Role.SECONDARY
                && released.epoch() == prepared.epoch();
    }

    /** Whether both sides say that they are primary, which no rule of the handover allows. */
    boolean isSplit() {
        return as(legacy, Role.PRIMARY) != null && as(next, Role.PRIMARY) != null;
    }

    private static @Nullable FenceRow as(@Nullable FenceRow row, Role role) {
        return row != null && row.role() == role ? row : null;
    }

    private static @Nullable FenceRow higher(@Nullable FenceRow a, @Nullable FenceRow b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.epoch() >= b.epoch() ? a : b;
    }

    private static FenceView viewOf(FenceRow row, Phase phase) {
        return new FenceView(row.stage(), row.epoch(), phase, row.generation(), row.revision());
    }
}
