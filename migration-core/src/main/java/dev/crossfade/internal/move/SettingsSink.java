package dev.crossfade.internal.move;

import dev.crossfade.Side;
import dev.crossfade.control.Control;
import dev.crossfade.control.Settings;
import dev.crossfade.control.Stage;
import dev.crossfade.control.Wish;
import dev.crossfade.event.MigrationEvent.SettingsChanged;
import dev.crossfade.event.MigrationEvent.SettingsRejected;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.FenceView;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what the control delivers: dials at once, wishes later, bad input never. */
public final class SettingsSink implements Control.Sink {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final Runnable wishMayBeDue;
    private final LongAdder rejected;
    private final @Nullable Stage startingAt;
    private volatile @Nullable String problem;

    /** Whether it was told that the stage is unknown; written by one delivery at a time. */
    private volatile boolean toldUnknown;

    /**
     * @param startingAt   the stage that a fence without memory begins at; {@code null} leaves it to the control
     * @param wishMayBeDue called after every change, must not block
     */
    public SettingsSink(Context context, @Nullable Stage startingAt, Runnable wishMayBeDue) {
        this.startingAt = startingAt;
        this.context = context;
        this.wishMayBeDue = wishMayBeDue;
        this.rejected = context.counters().counter("crossfade.settings.rejected");
    }

    @Override
    public void accept(Settings settings) {
        context.views().settings(settings);
        if (context.fence().view().phase() == FenceView.Phase.UNKNOWN) {
            beginIfKnown(settings);
        }
        context.events().publish(new SettingsChanged(context.migration(), settings));
        wishMayBeDue.run();
    }

    /** The control has had its time: a fence without memory begins where it was told to, if it was told. */
    public void beginWithoutControl() {
        if (startingAt != null && context.views().base().settings.equals(Settings.NONE)) {
            begin(startingAt, startingAt);
        }
    }

    /**
     * A fence without memory begins only where no process before this one can have got further: what the control asks for
     * may have been reached already.
     */
    private void beginIfKnown(Settings settings) {
        Wish wish = settings.wish().orElse(null);
        Stage wished = wish == null ? Stage.LEGACY_ONLY : wish.stage();
        boolean onlyKillSwitchRead = settings.equals(Settings.NONE.withReadsToPrimary(true));
        boolean mayBeFurther = wished.primary() == Side.NEW && wish != null && wish.revision() != null;
        if (startingAt != null && !(mayBeFurther && startingAt.primary() == Side.LEGACY)) {
            begin(startingAt, wished);
        } else if (startingAt == null && !onlyKillSwitchRead && wished.primary() == Side.LEGACY) {
            begin(Stage.LEGACY_ONLY, wished);
        } else if (!toldUnknown) {
            toldUnknown = true;
            log.error(
                    "{} - the stage is not known: {}, and an in-memory fence cannot know how far the last process got. "
                            + "Writes are refused. Build with startingAt(the stage that the last process reached), or set "
                            + "the flag to that stage until the service has started",
                    context.migration(),
                    onlyKillSwitchRead ? "the flag with the stage could not be read" : "the flag asks for " + wished);
        }
    }

    private void begin(Stage stage, Stage wished) {
        if (stage.isDualWrite() || wished.isDualWrite()) {
            // A process before this one may have left keys dirty that nobody knows.
            context.coverage().values().forEach(Coverage::lostTrack);
        }
        context.fence().begin(stage);
    }

    @Override
    public void confirm() {
        problem = null;
    }

    @Override
    public void reject(String reason) {
        rejected.increment();
        boolean first = problem == null;
        problem = reason;
        if (first) {
            log.warn(
                    "{} - the control's input was not accepted: {}. The last good settings stay in force",
                    context.migration(),
                    reason);
            context.events().publish(new SettingsRejected(context.migration(), reason));
        }
    }

    /** Why the latest input was not accepted, or {@code null} if it was. */
    public @Nullable String problem() {
        return problem;
    }

    public long rejected() {
        return rejected.sum();
    }
}
