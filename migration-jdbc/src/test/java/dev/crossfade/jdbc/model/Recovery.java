package dev.crossfade.jdbc.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From every state the stores must become equal again: all processes die at once, and one process with fresh memory ends
 * what was begun: the handover, the raise, the pages, and the refreshes.
 */
final class Recovery {
    private static final int PATIENCE = 30;

    private final List<Actor> mortals;
    private final List<Actor> rescuers;
    private final Fence fence = new Fence(Rules.all());
    private final Promises promises = new Promises();
    private final StateTable recovered;
    private final World copy;
    private final World before;
    private final List<String> trace = new ArrayList<>();

    Recovery(Memory memory, List<Actor> mortals, List<Actor> rescuers) {
        this.copy = memory.world();
        this.before = memory.world();
        this.recovered = new StateTable(copy.cells.length);
        this.mortals = mortals;
        this.rescuers = rescuers;
    }

    /** The steps of the last recovery. */
    List<String> trace() {
        return List.copyOf(trace);
    }

    /** What stays broken after a recovery from this state, or null. */
    @Nullable
    String failureFrom(World world) {
        copy.copyFrom(world);
        mortals.forEach(actor -> actor.crash(copy));
        if (!recovered.add(copy.cells, 0)) {
            return null;
        }
        trace.clear();
        trace.add("all processes die, and one comes back");
        Side primary = endHandover(copy);
        for (Actor rescuer : rescuers) {
            drive(rescuer, copy);
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
