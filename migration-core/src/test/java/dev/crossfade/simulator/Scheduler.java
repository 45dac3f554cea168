package dev.crossfade.simulator;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one actor run at a time and draws from the seed who is next. Time is virtual: it moves when nobody can run, a
 * little with every step, and now and then by leaps.
 *
 * <p>Who calls any method here holds the baton, except for {@link #run}.
 */
// A run has actors of its own: a static thread-local would mix those of two runs.
@SuppressWarnings("ThreadLocalUsage")
final class Scheduler {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(body -> {
        Thread thread = new Thread(body, "simulated");
        thread.setDaemon(true);
        return thread;
    });
    private static final int MAX_STEPS = 60_000;
    private static final long NANOS_PER_STEP = 2_000;
    private static final long NEVER = Lineup.NEVER;

    private final Random random;
    private final double switchRate;
    private final double delayRate;
    private final Trace trace = new Trace();
    private final Lineup actors;
    private final CountDownLatch over = new CountDownLatch(1);

    @SuppressWarnings("ThreadLocalUsage") // of one run
    private final ThreadLocal<Actor> current = new ThreadLocal<>();

    private Runnable everyStep = () -> {};
    private @Nullable Throwable failure;
    private long nanos = 1_000_000_000L;
    private long steps;
    private long crashAt = NEVER;
    private boolean crashed;
    private boolean quiet;

    /** Whether a condition is being tested: nothing may pause meanwhile. */
    private boolean evaluating;

    Scheduler(Random random, double switchRate, double delayRate) {
        this.random = random;
        this.actors = new Lineup(random, this::holds);
        this.switchRate = switchRate;
        this.delayRate = delayRate;
    }

    /** Runs the first actor and all that it starts; returns when the run is over, with what broke it, if anything. */
    @Nullable
    Throwable run(Runnable director) throws InterruptedException {
        Actor first = spawn("director", false, 10, director);
        first.resume();
        if (!over.await(60, TimeUnit.SECONDS)) {
            return new IllegalStateException(
                    "a simulated run hangs: an actor blocks while it holds the baton\n" + trace);
        }
        return failure;
    }

    void onEveryStep(Runnable check) {
        everyStep = check;
    }

    void crashAt(long step) {
        crashAt = steps + step;
        crashed = false;
    }

    boolean hasCrashed() {
        return crashed;
    }

    void neverCrash() {
        crashAt = NEVER;
    }

    /** From now on nobody is delayed: whatever can happen happens. */
    void calm() {
        quiet = true;
    }

    long nanoTime() {
        return nanos;
    }

    long steps() {
        return steps;
    }

    Trace trace() {
        return trace;
    }

    Random random() {
        return random;
    }

    Actor current() {
        return current.get();
    }

    /** A new actor, ready to run. Not a pause. */
    Actor spawn(String name, boolean mortal, int weight, Runnable body) {
        Actor actor = new Actor(name, mortal, weight, body);
        actors.add(actor);
        THREADS.execute(() -> live(actor));
        return actor;
    }

    private void live(Actor actor) {
        actor.thread = Thread.currentThread();
        actor.awaitBaton();
        current.set(actor);
        try {
            if (!actor.killed && failure == null) {
                actor.body.run();
            }
        } catch (Throwable thrown) {
            if (!actor.killed && failure == null) {
                failure = thrown;
            }
        } finally {
            current.remove();
            actor.done = true;
            actors.remove(actor);
            raise(actor);
            Thread.interrupted();
            handOnAfterEnd(actor);
        }
    }

    private void handOnAfterEnd(Actor ended) {
        if (failure != null) {
            actors.killAll();
        }
        if (actors.isEmpty()) {
            over.countDown();
            return;
        }
        try {
            next(ended).resume();
        } catch (Throwable deadlock) {
            failure = failure == null ? deadlock : failure;
            actors.killAll();
            actors.first().resume();
        }
    }

    /** A point where the scheduler may let others run, or this actor sleep, or the process crash. */
    void pause(String what, @Nullable Object about) {
        Actor self = current.get();
        if (self == null || evaluating) {
            return;
        }
        step(self, what, about);
        if (!quiet && self.mortal && random.nextDouble() < delayRate) {
            sleep(self, Math.abs(random.nextLong() % 400_000_000L));
        } else if (random.nextDouble() < switchRate) {
            handOn(self);
        }
    }

    private void step(Actor self, String what, @Nullable Object about) {
        if (self.killed) {
            throw Sneaky.<RuntimeException>rethrow(new ActorKilled());
        }
        steps++;
        nanos += NANOS_PER_STEP;
        trace.add(steps, nanos, self.name, what, about);
        everyStep.run();
        if (steps >= MAX_STEPS) {
            fail(new Violation("progress", "no end after " + MAX_STEPS + " steps"));
        }
        if (steps >= crashAt && self.mortal) {
            crash();
            throw Sneaky.<RuntimeException>rethrow(new ActorKilled());
        }
    }

    /** Ends the run: whatever the calling actor is in the middle of must not hide what was found. */
    void fail(Violation violation) {
        if (failure == null) {
            failure = violation;
        }
        actors.killAll();
        throw Sneaky.<RuntimeException>rethrow(new ActorKilled());
    }

    private void crash() {
        crashAt = NEVER;
        crashed = true;
        actors.killMortals();
        trace.add(steps, nanos, "process", "CRASHES", null);
    }

    /** Sleeps for a virtual time. */
    void sleep(long duration) {
        sleep(current.get(), duration);
    }

    private void sleep(Actor self, long duration) {
        self.condition = () -> false;
        self.deadline = nanos + duration;
        self.stirred = false;
        handOn(self);
        self.condition = null;
    }

    /** Waits until the condition holds or the time is over; returns whether it held. */
    boolean await(Object place, BooleanSupplier condition, long timeout) throws InterruptedException {
        Actor self = current.get();
        if (self == null) {
            throw new IllegalStateException("only actors may wait");
        }
        step(self, "waits", null);
        long began = nanos;
        self.place = place;
        self.condition = condition;
        self.deadline = timeout >= NEVER - nanos ? NEVER : nanos + timeout;
        self.stirred = true;
        boolean holds;
        try {
            holds = holds(condition);
            if (!holds && !self.interrupted && timeout > 0) {
                self.stirred = false;
                handOn(self);
                holds = holds(condition);
            }
        } finally {
            self.condition = null;
            self.place = null;
        }
        self.nanosWaited += Math.min(nanos, self.deadline) - began;
        if (self.interrupted && !holds) {
            self.interrupted = false;
            throw new InterruptedException("simulated");
        }
        return holds;
    }

    /** Makes everyone who waits at this place test the condition again. Not a pause: it may be called under locks. */
    void raise(Object place) {
        actors.stir(place);
    }

    private boolean holds(BooleanSupplier condition) {
        boolean before = evaluating;
        evaluating = true;
        try {
            return condition.getAsBoolean();
        } finally {
            evaluating = before;
        }
    }

    private void handOn(Actor self) {
        Actor next = next(self);
        if (next != self) {
            self.hasBaton = false;
            next.resume();
            self.awaitBaton();
        }
        if (self.killed) {
            throw Sneaky.<RuntimeException>rethrow(new ActorKilled());
        }
    }

    private Actor next(Actor self) {
        if (!quiet && random.nextInt(150) == 0) {
            leap();
        }
        for (; ; ) {
            Actor next = actors.draw(nanos);
            if (next != null) {
                return next;
            }
            if (!leap()) {
                throw new Violation("progress", "everybody waits for ever: " + actors + ", last was " + self.name);
            }
        }
    }

    /** Moves time to the next deadline; false if nobody has one. */
    private boolean leap() {
        long next = actors.nextDeadline(nanos);
        if (next == Lineup.NEVER) {
            return false;
        }
        nanos = next;
        return true;
    }
}
