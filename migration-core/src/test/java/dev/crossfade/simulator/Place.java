package dev.crossfade.simulator;

/** One of the two stores, in the checker's own words. */
enum Place {
    OLD,
    FRESH;

    Place other() {
        return this == OLD ? FRESH : OLD;
    }
}
