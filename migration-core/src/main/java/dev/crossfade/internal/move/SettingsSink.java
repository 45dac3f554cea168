package dev.crossfade.internal.move;

import dev.crossfade.control.Control;
import dev.crossfade.control.Settings;
import dev.crossfade.control.Stage;
import dev.crossfade.control.Wish;
import dev.crossfade.event.MigrationEvent.SettingsChanged;
import dev.crossfade.event.MigrationEvent.SettingsRejected;
import dev.crossfade.internal.view.Context;
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
    private volatile @Nullable String problem;

    /** @param wishMayBeDue called after every change, must not block */
    public SettingsSink(Context context, Runnable wishMayBeDue) {
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

    /**
     * A fence without memory begins at legacy only if the control has been read and asks for nothing that a process
     * before this one may have reached already.
     */
    private void beginIfKnown(Settings settings) {
        boolean onlyKillSwitchRead = settings.equals(new Settings(
                Settings.NONE.wish(), Settings.NONE.readNewBasisPoints(), Settings.NONE.shadowBasisPoints(), true));
        Stage wished = settings.wish().map(Wish::stage).orElse(Stage.LEGACY_ONLY);
        if (!onlyKillSwitchRead && wished.compareTo(Stage.LEGACY_PRIMARY) <= 0) {
            context.fence().begin(Stage.LEGACY_ONLY);
            return;
        }
        log.error(
                "{} - the control asks for {}, and an in-memory fence cannot know how far the last process got. Writes are "
                        + "refused. Build with startingAt(stage)",
                context.migration(),
                wished);
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
