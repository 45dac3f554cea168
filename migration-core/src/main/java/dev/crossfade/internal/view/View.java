package dev.crossfade.internal.view;

import dev.crossfade.Side;
import dev.crossfade.control.Settings;
import dev.crossfade.control.Stage;
import dev.crossfade.spi.FenceView;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a call needs to know. One call uses one view.
 *
 * <p>Plain final fields: the hot path reads them.
 */
public final class View {
    public final FenceView fence;
    public final Settings settings;
    public final Stage stage;
    public final Side primary;

    /** Buckets below this read from the new side. */
    public final int newThreshold;

    /** Whether some reads may be answered by the secondary. */
    public final boolean maySplitReads;

    /** Draws below this, of 10 000, are followed by a shadow read. */
    public final int shadowThreshold;

    /** Whether writers wait for the relay, within a bound. */
    public final boolean inlineRefresh;

    /** Whether the secondary is too far behind to answer reads. */
    public final boolean lagging;

    /** Whether a parked key makes queries on the secondary incomplete. */
    public final boolean hasParked;

    /** Any thread may write it at any time: whichever view another thread sees is whole, for its fields are final. */
    private @Nullable View derived;

    public View(FenceView fence, Settings settings, boolean lagging, boolean hasParked) {
        this.fence = fence;
        this.settings = settings;
        this.stage = fence.stage();
        this.primary = stage.primary();
        this.lagging = lagging;
        this.hasParked = hasParked;
        boolean steered = stage.isDualWrite() && !settings.readsToPrimary();
        int primaryOnly = primary == Side.LEGACY ? 0 : Settings.MAX_BASIS_POINTS;
        this.newThreshold = steered ? settings.readNewBasisPoints().orElse(primaryOnly) : primaryOnly;
        this.maySplitReads =
                steered && fence.phase() == FenceView.Phase.OPEN && !lagging && newThreshold != primaryOnly;
        this.shadowThreshold = steered ? settings.shadowBasisPoints() : 0;
        this.inlineRefresh = steered;
    }

    /** This view with other settings; the last one that was asked for is kept, as callers of a segment come again. */
    @SuppressWarnings("ReferenceEquality") // Settings are the same or not; comparing their content would cost more.
    View with(Settings other) {
        View last = derived;
        if (last == null || last.settings != other) {
            last = new View(fence, other, lagging, hasParked);
            derived = last;
        }
        return last;
    }
}
