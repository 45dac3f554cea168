package dev.crossfade.jdbc.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Visits every state that a scenario can reach, nearest first, and stops at the first broken promise. */
final class Search {
    private final Scenario scenario;
    private final Promises promises = new Promises();
    private final Recovery recovery;
    private final StateTable states;
    private final World from;
    private final World to;

    private int current;
    private @Nullable String broken;
    private List<String> recoveryTrace = List.of();

    private Search(Scenario scenario) {
        this.scenario = scenario;
        this.recovery = scenario.recovery();
        this.from = scenario.memory.world();
        this.to = scenario.memory.world();
        this.states = new StateTable(from.cells.length);
    }

    /**
     * What a search found.
     *
     * @param states how many states it visited
     * @param depth how many steps the last of them is away from the beginning
     * @param broken the broken promise, or null
     * @param trace the steps to the broken promise, one a line
     */
    record Result(int states, int depth, @Nullable String broken, List<String> trace) {}

    static Result run(Scenario scenario) {
        return new Search(scenario).run();
    }

    private Result run() {
        states.add(scenario.beginning().cells, -1);
        while (current < states.size() && broken == null) {
            states.load(current, from);
            scenario.steps(from, this::visit);
            current += broken == null ? 1 : 0;
        }
        if (broken == null) {
            return new Result(states.size(), pathTo(states.size() - 1).size() - 1, null, List.of());
        }
        List<String> trace = describe(pathTo(current));
        return new Result(states.size(), trace.size(), broken, trace);
    }

    private void visit(String actor, String what, Consumer<World> effect) {
        if (broken != null) {
            return;
        }
        to.copyFrom(from);
        effect.accept(to);
        broken = promises.brokenBetween(from, to);
        scenario.normalise(to);
        if (broken == null && states.add(to.cells, current)) {
            broken = failureToRecover();
        }
    }

    private @Nullable String failureToRecover() {
        String failure = recovery.failureFrom(to);
        recoveryTrace = failure == null ? List.of() : recovery.trace();
        return failure;
    }

    private List<Integer> pathTo(int index) {
        List<Integer> path = new ArrayList<>();
        for (int at = index; at >= 0; at = states.parent(at)) {
            path.add(at);
        }
        Collections.reverse(path);
        return path;
    }

    /** The steps along the path, then the one to the world in {@link #to}, then the recovery from there. */
    private List<String> describe(List<Integer> path) {
        World last = scenario.memory.world();
        last.copyFrom(to);
        List<String> lines = new ArrayList<>();
        for (int at = 1; at <= path.size(); at++) {
            states.load(path.get(at - 1), from);
            World reached = scenario.memory.world();
            if (at < path.size()) {
                states.load(path.get(at), reached);
            } else {
                reached.copyFrom(last);
            }
            lines.add(label(reached));
        }
        lines.addAll(recoveryTrace);
        return lines;
    }

    private String label(World reached) {
        List<String> labels = new ArrayList<>();
        scenario.steps(from, (actor, what, effect) -> {
            to.copyFrom(from);
            effect.accept(to);
            scenario.normalise(to);
            if (to.equals(reached)) {
                labels.add(String.format("%-11s %-45s %s", actor, what, reached));
            }
        });
        return labels.get(0);
    }
}
