package dev.crossfade.internal.write;

import dev.crossfade.internal.view.Breaker;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that drain dirty keys, and the bounded wait of writers for them. */
public final class Relay {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
    private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(1);

    /** With more dirty keys than this, writers do not wait: the relay is behind and waiting would only slow them. */
    private static final int INLINE_LIMIT = 1_000;

    private final Context context;
    private final TakenKeys taken;
    private final Breaker breaker;
    /** Opens when writers have waited in vain: a secondary that hangs throws nothing. */
    private final Breaker patience;

    private final RelaySettings settings;
    private final List<Platform.Worker> workers = new ArrayList<>();
    private volatile boolean closed;

    /** Used by {@link #close} only. */
    private boolean stopped;

    public Relay(Context context, TakenKeys taken, Breaker breaker, RelaySettings settings) {
        this.context = context;
        this.taken = taken;
        this.breaker = breaker;
        this.settings = settings;
        this.patience = new Breaker(context.platform());
    }

    public void start() {
        for (int n = 1; n <= settings.threads(); n++) {
            workers.add(context.platform().spawn("crossfade-" + context.migration() + "-relay-" + n, this::run));
        }
    }

    private void run() {
        BatchSize batch = new BatchSize(settings.batchSize());
        while (!closed) {
            try {
                if (breaker.isOpen() && !breaker.allows()) {
                    sleep(breaker.nanosUntilProbe());
                } else {
                    drain(batch);
                }
            } catch (InterruptedException woken) {
                // close() interrupts, and it sets the flag that ends the loop.
                log.debug("{} - relay woken by an interrupt", context.migration());
            } catch (RuntimeException | Error failure) {
                log.error(
                        "{} - a relay thread failed with {} and goes on in {} ms",
                        context.migration(),
                        FailureSummary.of(failure),
                        LONGEST_SLEEP.toMillis());
                pauseAfterFailure();
            }
        }
    }

    private void pauseAfterFailure() {
        try {
            context.ledger().progress().await(() -> closed, LONGEST_SLEEP);
        } catch (InterruptedException woken) {
            log.debug("{} - relay woken by an interrupt", context.migration());
        }
    }

    private void drain(BatchSize batch) throws InterruptedException {
        List<EntityKey> keys = context.ledger().take(breaker.isOpen() ? 1 : batch.get());
        if (keys.isEmpty()) {
            sleep(context.ledger().nanosUntilDue());
        } else {
            long begin = context.platform().nanoTime();
            taken.refresh(keys);
            batch.took(keys.size(), context.platform().nanoTime() - begin);
        }
    }

    private void sleep(long nanos) throws InterruptedException {
        Duration bounded = Duration.ofNanos(Math.min(nanos, LONGEST_SLEEP.toNanos()));
        context.ledger().progress().await(() -> closed || mayWork(), bounded);
    }

    private boolean mayWork() {
        return breaker.nanosUntilProbe() == 0 && context.ledger().nanosUntilDue() == 0;
    }

    /**
     * Waits until the keys are synced up to the version, within the bound for writers. Returns at once where waiting
     * would not help: the secondary does not answer, the relay is far behind, or the key has failed before.
     */
    void awaitInline(Collection<EntityKey> keys, Version version) {
        if (!context.views().base().inlineRefresh
                || settings.inlineWait().isZero()
                || breaker.isOpen()
                || context.ledger().dirtyCount() > INLINE_LIMIT
                || !patience.allows()) {
            return;
        }
        try {
            boolean inTime = context.ledger()
                    .progress()
                    .await(() -> keys.stream().allMatch(key -> isDecided(key, version)), settings.inlineWait());
            if (inTime) {
                patience.succeeded();
            } else {
                patience.failed();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isDecided(EntityKey key, Version version) {
        if (closed || !context.ledger().isDirtyUpTo(key, version)) {
            return true;
        }
        return context.ledger().hasFailed(key) || breaker.isOpen();
    }

    public boolean isSecondaryReachable() {
        return !breaker.isOpen();
    }

    /** Lets the relay go on until nothing is due, then stops its threads; both within the time. */
    public void close(Duration timeout) {
        long deadline = context.platform().nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        try {
            context.ledger()
                    .progress()
                    .await(
                            () -> context.fence().held() == 0
                                    && (context.ledger().isDrained() || breaker.isOpen()),
                            timeout);
        } catch (InterruptedException asked) {
            interrupted = true;
        }
        closed = true;
        context.ledger().progress().raise();
        // All are interrupted before any is waited for longer, so that many hanging threads cost no more than one.
        interrupted |= !join(deadline);
        if (!stopped) {
            workers.forEach(Platform.Worker::interrupt);
            interrupted |= !join(context.platform().nanoTime() + INTERRUPT_TIMEOUT.toNanos());
        }
        if (!stopped) {
            log.warn(
                    "{} - the secondary holds on to a relay thread in spite of an interrupt; it ends with that call",
                    context.migration());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for all threads; false if the calling thread was interrupted meanwhile. */
    private boolean join(long deadline) {
        boolean all = true;
        try {
            for (Platform.Worker worker : workers) {
                long remaining =
                        Math.max(1_000_000, deadline - context.platform().nanoTime());
                all &= worker.join(Duration.ofNanos(remaining));
            }
            stopped = all;
            return true;
        } catch (InterruptedException asked) {
            return false;
        }
    }
}
