package dev.crossfade.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Time, threads, waiting and chance. Everything that a migration waits for or leaves to another thread goes through
 * here, so that a test can move time by hand and replay an interleaving from its seed.
 */
public interface Platform {

    /** Monotonic nanoseconds, comparable with each other only. */
    long nanoTime();

    /** Wall time, for display and audit only; no promise depends on it. */
    Instant now();

    /** Starts a daemon thread. */
    Worker spawn(String name, Runnable body);

    /** A new place to wait at. */
    Signal newSignal();

    /** Chance for back-off and sampling; safe for use by many threads. */
    RandomGenerator random();

    /** The JVM's clock, threads and random numbers. */
    static Platform system() {
        return SystemPlatform.INSTANCE;
    }

    /** A thread that the platform started. */
    interface Worker {
        /** Interrupts the thread. */
        void interrupt();

        /** Waits for the thread's end; returns whether it has ended. */
        boolean join(Duration timeout) throws InterruptedException;
    }

    /** A place where threads wait until a condition holds. */
    interface Signal {
        /**
         * Waits until the condition holds or the time is over; returns whether it held. The condition is tested before
         * waiting and after every {@link #raise}; it must not block.
         */
        boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException;

        /** Makes every waiting thread test its condition again. Call it after the change that the condition sees. */
        void raise();
    }
}
