package dev.crossfade.jdbc.model;

import java.util.List;

/** What one transaction of a writer changes. */
record Transaction(List<Put> puts) {
    /** A row's new state, or its absence. */
    record Put(int key, int state) {}

    static Transaction put(int key, int state) {
        return new Transaction(List.of(new Put(key, state)));
    }

    static Transaction delete(int key) {
        return put(key, World.ABSENT);
    }

    static Transaction both(int first, int second) {
        return new Transaction(List.of(new Put(0, first), new Put(1, second)));
    }

    /** Whether none of its rows is locked by somebody else. */
    boolean mayRun(World world, Side side) {
        for (Put put : puts) {
            if (world.locked(side, put.key)) {
                return false;
            }
        }
        return true;
    }
}
