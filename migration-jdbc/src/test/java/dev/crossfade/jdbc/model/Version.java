package dev.crossfade.jdbc.model;

/** A version is (generation, counter), packed into one number that orders the same way and fits a byte. */
final class Version {
    private static final int COUNTERS = 32;

    private Version() {}

    static int of(int generation, int counter) {
        if (counter >= COUNTERS || generation > 3) {
            throw new IllegalStateException("The scenario is too long for the model's versions");
        }
        return generation * COUNTERS + counter;
    }

    static int generation(int version) {
        return version / COUNTERS;
    }

    static int counter(int version) {
        return version % COUNTERS;
    }

    static String text(int version) {
        return generation(version) + "." + counter(version);
    }
}
