package dev.crossfade.control;

import dev.crossfade.spi.Platform;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventDetails;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.ProviderEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one migration's settings up to date: a single thread evaluates the flags when the provider reports something,
 * when time is up and when a new segment calls. A provider that hangs stops this thread and nothing else.
 */
final class FlagFeed implements Control.Feed {
    /** How long {@link #open} waits for the first settings, and what counts as a slow provider. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration BEFORE_INTERRUPT = Duration.ofMillis(200);
    private static final Duration AFTER_INTERRUPT = Duration.ofMillis(700);

    private final Client client;
    private final Supplier<? extends EvaluationContext> contextSupplier;
    private final long refreshNanos;
    private final Platform platform;
    private final Delivery delivery;
    private final FlagReader base;
    private final Segments segments;
    private final Platform.Signal signal;

    /** The provider reported something, or a first refresh is due. */
    private final AtomicBoolean changed = new AtomicBoolean(true);
    /** Settings are delivered, or waiting for them is pointless. */
    private volatile boolean opened;

    private volatile boolean closed;
    private volatile Platform.@Nullable Worker worker;
    private volatile @Nullable Thread thread;

    private EvaluationContext context = ImmutableContext.EMPTY; // feed's thread only
    private long nextRefresh; // feed's thread only
    private boolean refreshing; // feed's thread only

    private FlagFeed(
            Client client,
            Supplier<? extends EvaluationContext> contextSupplier,
            List<String> segmentedBy,
            Duration refreshEvery,
            Platform platform,
            String migration,
            Delivery delivery) {
        this.client = client;
        this.contextSupplier = contextSupplier;
        this.refreshNanos = refreshEvery.toNanos();
        this.platform = platform;
        this.delivery = delivery;
        MigrationFlags flags = new MigrationFlags(client, migration);
        this.base = new FlagReader(flags, delivery::reject);
        this.signal = platform.newSignal();
        this.segments = new Segments(
                segmentedBy,
                platform,
                () -> new FlagReader(flags, reason -> delivery.reject(reason + " (for a segment)")),
                signal::raise);
    }

    /** Starts the thread, and waits for the first settings as long as they may be near. */
    static FlagFeed open(
            Client client,
            Supplier<? extends EvaluationContext> contextSupplier,
            List<String> segmentedBy,
            Duration refreshEvery,
            Platform platform,
            String migration,
            Delivery delivery) {
        FlagFeed feed = new FlagFeed(client, contextSupplier, segmentedBy, refreshEvery, platform, migration, delivery);
        feed.worker = platform.spawn("crossfade-" + migration + "-control", feed::run);
        try {
            if (!feed.signal.await(() -> feed.opened, PATIENCE)) {
                delivery.rejectUnlessBusy("The flag provider gave no settings within " + PATIENCE.toMillis()
                        + " ms; they come into force as soon as it does");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return feed;
    }

    @Override
    public boolean isSegmented() {
        return !segments.isEmpty();
    }

    @Override
    public Settings forCaller(Settings callerBase) {
        return segments.forCaller(callerBase);
    }

    @Override
    public void close() {
        closed = true;
        delivery.close();
        signal.raise();
        Platform.Worker running = worker;
        if (running == null || Thread.currentThread() == thread) {
            return;
        }
        try {
            if (!running.join(BEFORE_INTERRUPT)) {
                running.interrupt(); // the provider hangs; a daemon thread may outlive us, a delivery may not
                running.join(AFTER_INTERRUPT);
            }
        } catch (InterruptedException e) {
            running.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    /** How many segments are kept now. */
    long segmentCount() {
        return segments.size();
    }

    private void wake() {
        changed.set(true);
        signal.raise();
    }

    private void run() {
        thread = Thread.currentThread();
        step();
        // On this thread, for the SDK makes it wait while a provider initialises; and after the first step, so that a
        // provider that is ready need not be waited for. What happened in between is seen by one refresh more.
        Consumer<EventDetails> onEvent = details -> wake(); // one object, so that it can be removed
        listen(onEvent);
        changed.set(true);
        while (!closed) {
            step();
        }
        for (ProviderEvent event : ProviderEvent.values()) {
            client.removeHandler(event, onEvent);
        }
    }

    private void listen(Consumer<EventDetails> onEvent) {
        try {
            for (ProviderEvent event : ProviderEvent.values()) {
                client.on(event, onEvent);
            }
        } catch (RuntimeException e) {
            delivery.reject(
                    "The client refuses to report events with " + e.getClass().getName() + "; changes are found every "
                            + Duration.ofNanos(refreshNanos).toMillis() + " ms");
        }
    }

    /** One piece of work, or a wait for it. */
    private void step() {
        try {
            if (changed.getAndSet(false) || nextRefresh - platform.nanoTime() <= 0) {
                refreshBase();
            } else if (!segments.refreshNext(context)) {
                endRefresh();
                signal.await(() -> closed || changed.get() || segments.hasWork(), untilNextRefresh());
            }
        } catch (InterruptedException e) {
            // Only close() may end this thread, and it says so in a field; a provider may have interrupted us.
        } catch (RuntimeException | Error e) {
            delivery.reject(
                    "Reading the flags failed with " + e.getClass().getName() + "; the last good settings stay");
        }
    }

    private void refreshBase() {
        long start = platform.nanoTime();
        refreshing = true;
        try {
            updateContext();
            boolean ready = base.read(context, this::deliver);
            opened |= ready || delivery.hasDelivered();
        } finally {
            segments.beginRound();
            long end = platform.nanoTime();
            nextRefresh = end + refreshNanos;
            rejectIfSlow(end - start);
            signal.raise();
        }
    }

    /** The last context stays if there is no new one: without it, a targeted kill switch would seem to be off. */
    private void updateContext() {
        try {
            context = contextSupplier.get();
        } catch (RuntimeException | Error e) {
            delivery.reject("The context given by contextFrom failed with "
                    + e.getClass().getName() + "; the context before it is used");
        }
    }

    private void deliver() {
        Settings settings = base.lastGood().orElse(Settings.NONE).withReadsToPrimary(base.readsToPrimary());
        if (base.lastGood().isPresent() || base.readsToPrimary() || delivery.hasDelivered()) {
            delivery.accept(settings);
        }
    }

    private void rejectIfSlow(long nanos) {
        if (nanos > PATIENCE.toNanos()) {
            delivery.reject("The flag provider took " + nanos / 1_000_000
                    + " ms to answer; the settings before stayed in force so long");
        }
    }

    private void endRefresh() {
        if (refreshing) {
            refreshing = false;
            delivery.endRefresh();
        }
    }

    private Duration untilNextRefresh() {
        return Duration.ofNanos(Math.max(0, nextRefresh - platform.nanoTime()));
    }
}
