package dev.crossfade.jdbc.model;

import java.util.List;

/** The two stores. */
enum Side {
    LEGACY,
    NEW;

    static final List<Side> BOTH = List.of(values());

    Side other() {
        return this == LEGACY ? NEW : LEGACY;
    }
}
