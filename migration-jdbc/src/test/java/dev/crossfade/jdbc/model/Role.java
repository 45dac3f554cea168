package dev.crossfade.jdbc.model;

import java.util.List;

/** What a fence row says of its side. */
enum Role {
    PRIMARY,
    DRAINING,
    SECONDARY,
    PREPARED;

    static final List<Role> ALL = List.of(values());
}
