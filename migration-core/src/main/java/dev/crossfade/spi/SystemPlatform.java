package dev.crossfade.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** The JVM's own clock, threads and random numbers. */
enum SystemPlatform implements Platform {
    INSTANCE;

    /** Asks the thread's own generator each time: {@code ThreadLocalRandom} must not be shared. */
    private static final RandomGenerator RANDOM =
            () -> ThreadLocalRandom.current().nextLong();

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Worker spawn(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return new ThreadWorker(thread);
    }

    @Override
    public Signal newSignal() {
        return new LockSignal();
    }

    @Override
    public RandomGenerator random() {
        return RANDOM;
    }

    private record ThreadWorker(Thread thread) implements Worker {
        @Override
        public void interrupt() {
            thread.interrupt();
        }

        @Override
        public boolean join(Duration timeout) throws InterruptedException {
            thread.join(Math.max(1, timeout.toMillis()));
            return !thread.isAlive();
        }
    }

    private static final class LockSignal implements Signal {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition raised = lock.newCondition();

        @Override
        public boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
            long remaining = timeout.toNanos();
            lock.lockInterruptibly();
            try {
                while (!condition.getAsBoolean()) {
                    if (remaining <= 0) {
                        return false;
                    }
                    remaining = raised.awaitNanos(remaining);
                }
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void raise() {
            lock.lock();
            try {
                raised.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
