package dev.crossfade.control;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what it was given, and notices two calls at once. */
final class RecordingSink implements Control.Sink {
    final List<Settings> accepted = new CopyOnWriteArrayList<>();
    final List<String> rejected = new CopyOnWriteArrayList<>();
    final AtomicInteger confirmed = new AtomicInteger();
    final AtomicInteger overlaps = new AtomicInteger();
    /** How many of the next calls of accept throw. */
    final AtomicInteger failures = new AtomicInteger();

    private final AtomicInteger inside = new AtomicInteger();

    @Override
    public void accept(Settings settings) {
        enter();
        try {
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new StackOverflowError("simulated");
            }
            accepted.add(settings);
        } finally {
            inside.decrementAndGet();
        }
    }

    @Override
    public void reject(String reason) {
        enter();
        rejected.add(reason);
        inside.decrementAndGet();
    }

    @Override
    public void confirm() {
        enter();
        confirmed.incrementAndGet();
        inside.decrementAndGet();
    }

    Settings last() {
        return accepted.get(accepted.size() - 1);
    }

    private void enter() {
        if (inside.incrementAndGet() > 1) {
            overlaps.incrementAndGet();
        }
    }
}
