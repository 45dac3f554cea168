package dev.crossfade.simulator;

/** One of the two stores, in the checker's own words. */
enum Place {
    OLD(0),
    FRESH(1);

    final int index;

    Place(int index) {
        this.index = index;
    }

    Place other() {
        return this == OLD ? FRESH : OLD;
    }
}
