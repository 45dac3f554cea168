package dev.crossfade.simulator;

import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** The platform of a simulated process: its threads are actors, its time and chance come from the scheduler. */
final class SimulatedPlatform implements Platform {
    private final Scheduler scheduler;
    private int live;

    SimulatedPlatform(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** How many threads of the library have not ended. */
    int live() {
        return live;
    }

    @Override
    public long nanoTime() {
        return scheduler.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(scheduler.nanoTime());
    }

    @Override
    public Worker spawn(String name, Runnable body) {
        live++;
        Actor actor = scheduler.spawn(name, true, 1 + scheduler.random().nextInt(20), () -> {
            try {
                body.run();
            } finally {
                live--;
            }
        });
        return new SimulatedWorker(actor);
    }

    @Override
    public Signal newSignal() {
        return new SimulatedSignal();
    }

    @Override
    public RandomGenerator random() {
        return scheduler.random();
    }

    private final class SimulatedSignal implements Signal {
        @Override
        public boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
            return scheduler.await(this, condition, timeout.toNanos());
        }

        @Override
        public void raise() {
            scheduler.raise(this);
        }
    }

    private final class SimulatedWorker implements Worker {
        private final Actor actor;

        SimulatedWorker(Actor actor) {
            this.actor = actor;
        }

        @Override
        public void interrupt() {
            actor.interrupted = !actor.done;
        }

        @Override
        public boolean join(Duration timeout) throws InterruptedException {
            return scheduler.await(actor, () -> actor.done, timeout.toNanos());
        }
    }
}
