package dev.crossfade.samples.quickstart.checker;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The states that an order may be in. One, if its last write was acknowledged; several, if the caller was left in doubt.
 */
public record Expectation(long id, List<State> states) {

    /**
     * One acceptable state.
     *
     * @param fields  canonical fields, without those that are null; empty for "no such order"
     * @param unknown names of fields whose value the caller could not know
     */
    public record State(Map<String, String> fields, Set<String> unknown) {
        public static final State ABSENT = new State(Map.of(), Set.of());

        public State {
            fields = Map.copyOf(fields);
            unknown = Set.copyOf(unknown);
        }

        boolean isAbsent() {
            return fields.isEmpty();
        }
    }

    public Expectation {
        states = List.copyOf(states);
        if (states.isEmpty()) {
            throw new IllegalArgumentException("Order " + id + " has no acceptable state; name one or more");
        }
    }

    boolean mayBeAbsent() {
        return states.stream().anyMatch(State::isAbsent);
    }

    boolean mustBeAbsent() {
        return states.stream().allMatch(State::isAbsent);
    }
}
