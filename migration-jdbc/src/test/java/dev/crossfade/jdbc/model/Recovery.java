package dev.crossfade.jdbc.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From every state the stores must become equal again: all processes die at once, and one process with fresh memory ends
 * what was begun: the handover, the raise, the pages, and the refreshes.
 */
final class Recovery {
    private static final int PATIENCE = 100;

    private final List<Actor> mortals;
    private final List<Actor> helpers;
    private final Fence fence = new Fence(Rules.all());
    private final Promises promises = new Promises();
    private final Set<World> recovered = new HashSet<>();
    private final List<String> trace = new ArrayList<>();

    Recovery(List<Actor> mortals, List<Actor> helpers) {
        this.mortals = mortals;
        this.helpers = helpers;
    }

    /** The steps of the last recovery. */
    List<String> trace() {
        return List.copyOf(trace);
    }

    /** What stays broken after a recovery from this state, or null. */
    @Nullable
    String failureFrom(World world) {
        World copy = copyOf(world);
        mortals.forEach(actor -> actor.crash(copy));
        if (!recovered.add(copyOf(copy))) {
            return null;
        }
        trace.clear();
        trace.add("all processes die, and one comes back");
        Side primary = endHandover(copy);
        for (Actor helper : helpers) {
            drive(helper, copy);
        }
        if (copy.anyPending(primary) && !copy.anyListed()) {
            return "P4 a key never becomes clean";
        }
        String broken = promises.brokenIn(copy);
        return broken == null ? null : broken + ", after all processes died and one came back";
    }

    private Side endHandover(World world) {
        for (Side side : Side.BOTH) {
            if (world.role(side) == Role.DRAINING) {
                fence.abort(world, side, world.epoch(side));
            }
            if (world.role(side) == Role.SECONDARY && world.says(side.other(), Role.PREPARED, world.epoch(side))) {
                fence.grant(world, side.other(), world.epoch(side));
            }
        }
        Side primary = world.role(Side.LEGACY) == Role.PRIMARY ? Side.LEGACY : Side.NEW;
        fence.heal(world, primary.other(), world.epoch(primary));
        return primary;
    }

    /** Lets one actor run alone, always taking the first step it offers. */
    private void drive(Actor actor, World world) {
        World before = copyOf(world);
        for (int steps = 0; steps < PATIENCE; steps++) {
            FirstStep first = new FirstStep();
            before.copyFrom(world);
            actor.steps(before, first);
            if (first.effect == null) {
                return;
            }
            first.effect.accept(world);
            trace.add(first.label);
        }
    }

    private static World copyOf(World world) {
        World copy = new World(world.keys, world.cells.length);
        copy.copyFrom(world);
        return copy;
    }

    private static final class FirstStep implements Steps {
        @Nullable
        Consumer<World> effect;

        String label = "";

        @Override
        public void step(String actor, String what, Consumer<World> effect) {
            if (this.effect == null) {
                this.effect = effect;
                this.label = actor + " " + what;
            }
        }
    }
}
