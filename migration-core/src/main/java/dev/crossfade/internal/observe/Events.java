package dev.crossfade.internal.observe;

import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationListener;
import dev.crossfade.spi.FailureSummary;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners; none of them can disturb the others or the migration. */
public final class Events {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final List<MigrationListener> listeners;

    public Events(List<MigrationListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    public void publish(MigrationEvent event) {
        for (MigrationListener listener : listeners) {
            try {
                listener.on(event);
            } catch (Throwable failure) {
                log.warn(
                        "{} - a listener failed on {} with {}; other listeners and the migration go on",
                        event.migration(),
                        event.getClass().getSimpleName(),
                        FailureSummary.of(failure));
            }
        }
    }
}
