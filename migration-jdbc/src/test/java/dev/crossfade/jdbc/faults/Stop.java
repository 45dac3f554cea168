package dev.crossfade.jdbc.faults;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A place where one thread waits until the test lets it go on. */
final class Stop {
    private static final int PATIENCE_SECONDS = 120;

    private final String where;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    Stop(String where) {
        this.where = where;
    }

    /** Waits until someone is held here. */
    Stop awaitReached() {
        if (!await(reached)) {
            throw new AssertionError("Nobody came to \"" + where + "\" within " + PATIENCE_SECONDS + " s");
        }
        return this;
    }

    boolean isReached() {
        return reached.getCount() == 0;
    }

    void release() {
        released.countDown();
    }

    /** Held here; an interrupt does not end that, it is kept for later. */
    void pass() {
        reached.countDown();
        if (!await(released)) {
            throw new AssertionError("Nobody let go at \"" + where + "\" within " + PATIENCE_SECONDS + " s");
        }
    }

    private static boolean await(CountDownLatch latch) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            while (true) {
                try {
                    return latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException asked) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
