package dev.crossfade.simulator;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One thread of the simulation. Every field but {@link #hasBaton} belongs to whoever holds the baton. */
final class Actor {
    final String name;

    /** Whether it dies with the process. */
    final boolean mortal;

    /** How often it is chosen, relative to others. */
    final int weight;

    final Runnable body;

    @Nullable
    Thread thread;

    volatile boolean hasBaton;
    boolean done;
    boolean killed;
    boolean interrupted;

    /** What it waits for; null while it is ready. */
    @Nullable
    BooleanSupplier condition;

    /** Where it waits; null if it only sleeps. */
    @Nullable
    Object place;

    long deadline;

    /** Whether the condition may have changed since it was last tested. */
    boolean stirred;

    /** How long it has waited at signals, for the bound on what a writer may wait. */
    long nanosWaited;

    Actor(String name, boolean mortal, int weight, Runnable body) {
        this.name = name;
        this.mortal = mortal;
        this.weight = weight;
        this.body = body;
    }

    /** Gives this actor the baton. */
    void resume() {
        hasBaton = true;
        Thread sleeping = thread;
        if (sleeping != null) {
            LockSupport.unpark(sleeping);
        }
    }

    /** Blocks the real thread until it holds the baton. */
    void awaitBaton() {
        for (int spins = 0; !hasBaton; spins++) {
            if (spins < 50) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        // The baton goes back when the actor pauses.
    }
}
