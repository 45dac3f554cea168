package dev.crossfade.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The actors that have not ended, and who of them can run. Belongs to whoever holds the baton. */
final class Lineup {
    static final long NEVER = Long.MAX_VALUE;

    private final List<Actor> actors = new ArrayList<>();
    private final List<Actor> ready = new ArrayList<>();
    private final Random random;
    private final Predicate<BooleanSupplier> holds;

    /** @param holds tests a condition without a pause */
    Lineup(Random random, Predicate<BooleanSupplier> holds) {
        this.random = random;
        this.holds = holds;
    }

    void add(Actor actor) {
        actors.add(actor);
    }

    void remove(Actor actor) {
        actors.remove(actor);
    }

    boolean isEmpty() {
        return actors.isEmpty();
    }

    Actor first() {
        return actors.get(0);
    }

    void killAll() {
        actors.forEach(actor -> actor.killed = true);
    }

    void killMortals() {
        actors.forEach(actor -> actor.killed |= actor.mortal);
    }

    /** Whoever waits at this place tests the condition again. */
    void stir(Object place) {
        for (Actor actor : actors) {
            if (actor.place == place) {
                actor.stirred = true;
            }
        }
    }

    /** One of those that can run now, drawn by weight; null if nobody can. */
    @Nullable
    Actor draw(long now) {
        ready.clear();
        int total = 0;
        for (Actor actor : actors) {
            if (isReady(actor, now)) {
                ready.add(actor);
                total += actor.weight;
            }
        }
        int drawn = total == 0 ? 0 : random.nextInt(total);
        for (Actor actor : ready) {
            drawn -= actor.weight;
            if (drawn < 0) {
                return actor;
            }
        }
        return null;
    }

    private boolean isReady(Actor actor, long now) {
        BooleanSupplier condition = actor.condition;
        if (condition == null || actor.killed || actor.interrupted || actor.deadline <= now) {
            return true;
        }
        if (!actor.stirred) {
            return false;
        }
        // Stays stirred while it holds: another actor may run first and make it false again.
        actor.stirred = holds.test(condition);
        return actor.stirred;
    }

    /** The next time at which somebody has waited long enough. */
    long nextDeadline(long now) {
        long earliest = NEVER;
        for (Actor actor : actors) {
            if (actor.condition != null && actor.deadline > now) {
                earliest = Math.min(earliest, actor.deadline);
            }
        }
        return earliest;
    }

    @Override
    public String toString() {
        return actors.stream().map(actor -> actor.name).toList().toString();
    }
}
