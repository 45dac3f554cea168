package dev.crossfade.jdbc.model;

import java.util.List;

/** What a ledger row says was done last. */
enum Change {
    NONE,
    WRITTEN,
    DELETED,
    MARKED;

    static final List<Change> ALL = List.of(values());

    static Change to(int state) {
        return state == World.ABSENT ? DELETED : WRITTEN;
    }
}
