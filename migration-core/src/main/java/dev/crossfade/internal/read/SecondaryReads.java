package dev.crossfade.internal.read;

import dev.crossfade.internal.lane.Lane;
import dev.crossfade.internal.view.Breaker;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What all reads of the secondary share: the deadline, the threads that it needs, and the breaker. */
public final class SecondaryReads {
    private final Context context;
    private final ReadSettings settings;
    private final Breaker breaker;
    private final @Nullable Lane lane;

    public SecondaryReads(Context context, ReadSettings settings, Breaker breaker) {
        this.context = context;
        this.settings = settings;
        this.breaker = breaker;
        this.lane = settings.deadline() == null
                ? null
                : new Lane(
                        context.platform(),
                        "crossfade-" + context.migration() + "-read",
                        settings.threads(),
                        settings.threads() * 4);
    }

    ReadSettings settings() {
        return settings;
    }

    Breaker breaker() {
        return breaker;
    }

    /** A read of the secondary. */
    @FunctionalInterface
    interface Read {
        @Nullable
        Object run() throws Throwable;
    }

    /**
     * Reads within the deadline, if there is one.
     *
     * @throws TimeoutException if the deadline passed or no thread was free for the read
     */
    @Nullable
    Object within(Read read) throws Throwable {
        return lane == null || settings.deadline() == null ? read.run() : onLane(read, lane, settings.deadline());
    }

    private @Nullable Object onLane(Read read, Lane threads, Duration deadline) throws Throwable {
        Platform.Signal done = context.platform().newSignal();
        Outcome outcome = new Outcome();
        boolean queued = threads.offer(() -> {
            if (outcome.abandoned) {
                return;
            }
            try {
                outcome.answer = read.run();
            } catch (Throwable failure) {
                outcome.failure = failure;
            }
            outcome.decided = true;
            done.raise();
        });
        boolean inTime = false;
        try {
            inTime = queued && done.await(() -> outcome.decided, deadline);
        } finally {
            outcome.abandoned = !inTime;
        }
        if (!inTime) {
            throw new TimeoutException("the read of the secondary took too long");
        }
        if (outcome.failure != null) {
            throw outcome.failure;
        }
        return outcome.answer;
    }

    /** Written by the lane's thread before {@code decided}, read by the caller after it. */
    private static final class Outcome {
        @Nullable
        Object answer;

        @Nullable
        Throwable failure;

        volatile boolean decided;

        /** Whether the caller has gone: a read that has not begun need not. */
        volatile boolean abandoned;
    }

    /** Notes how a read of the secondary went; returns whether the store has just stopped answering. */
    boolean noteFailure(Throwable failure) {
        return FailureKind.of(failure) == FailureKind.UNREACHABLE && breaker.failed();
    }

    /** Interrupts reads that nobody waits for any more. */
    public void interruptOverdue() {
        if (lane != null && settings.deadline() != null) {
            lane.interruptOverdue(settings.deadline().toNanos());
        }
    }

    public void close(Duration timeout) {
        if (lane != null) {
            lane.close(timeout);
        }
    }
}
