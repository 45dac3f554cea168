package dev.crossfade.control;

import dev.crossfade.spi.FailureSummary;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one feed hands to its sink: settings only when they differ from the last ones, one call at a time, nothing once
 * closed. A throwing sink is logged and gets the same settings again with the next refresh.
 */
final class Delivery {
    private static final Logger log = LoggerFactory.getLogger(Delivery.class);

    private final String migration;
    private final Control.Sink sink;
    /** Held while the sink runs, because it takes one call at a time. */
    private final ReentrantLock calling = new ReentrantLock();

    private volatile boolean closed;
    private volatile @Nullable Settings delivered;
    private boolean rejectedSinceConfirm; // guarded by calling
    private boolean sinkFailing; // guarded by calling

    Delivery(String migration, Control.Sink sink) {
        this.migration = migration;
        this.sink = sink;
    }

    /** Whether the sink has taken settings. */
    boolean hasDelivered() {
        return delivered != null;
    }

    void accept(Settings settings) {
        call(() -> {
            if (!settings.equals(delivered)) {
                sink.accept(settings);
                delivered = settings;
                sinkFailing = false;
            }
        });
    }

    void reject(String reason) {
        call(() -> {
            rejectedSinceConfirm = true;
            sink.reject(reason);
        });
    }

    /** Rejects, unless the sink is at work on another thread: it is then about to know more than this. */
    void rejectUnlessBusy(String reason) {
        if (calling.tryLock()) {
            try {
                reject(reason);
            } finally {
                calling.unlock();
            }
        }
    }

    /** Ends a refresh: tells the sink that all was good, if nothing was rejected since the last refresh. */
    void endRefresh() {
        call(() -> {
            if (!rejectedSinceConfirm && !sinkFailing) {
                sink.confirm();
            }
            rejectedSinceConfirm = false;
        });
    }

    /** No call begins after this one returned; one that runs already may still end. */
    void close() {
        closed = true;
    }

    private void call(Runnable sinkCall) {
        calling.lock();
        try {
            if (!closed) {
                sinkCall.run();
            }
        } catch (RuntimeException | Error e) {
            if (!sinkFailing) {
                sinkFailing = true;
                log.warn(
                        "{} - the migration failed to take over settings ({}); the next refresh tries again",
                        migration,
                        FailureSummary.of(e));
            }
        } finally {
            calling.unlock();
        }
    }
}
