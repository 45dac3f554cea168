package dev.crossfade.jdbc.model;

/**
 * A version is (generation, counter), packed into one number that orders the same way and fits a byte. The counter counts
 * writes in large steps and marks in small ones, so that no number of marks reaches a write that the row has lost.
 */
final class Version {
    private static final int COUNTERS = 64;

    /** A write raises the counter to the next multiple of this, a mark by one. */
    private static final int MARKS_OF_A_WRITE = 8;

    /** How many writes of one key a version can count. */
    static final int WRITES = COUNTERS / MARKS_OF_A_WRITE;

    private Version() {}

    static int of(int generation, int counter) {
        if (counter >= COUNTERS || generation > 3) {
            throw new IllegalStateException("The scenario is too long for the model's versions");
        }
        return generation * COUNTERS + counter;
    }

    static int afterWrite(int counter) {
        return (counter / MARKS_OF_A_WRITE + 1) * MARKS_OF_A_WRITE;
    }

    static int afterMark(int counter) {
        if (afterWrite(counter) == counter + 1) {
            throw new IllegalStateException("The scenario has too many marks for the model's versions");
        }
        return counter + 1;
    }

    /** The version without the marks since the last write. */
    static int ofLastWrite(int version) {
        return version - version % MARKS_OF_A_WRITE;
    }

    /** Which write of its key this version stands for. */
    static int write(int version) {
        return counter(version) / MARKS_OF_A_WRITE;
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
