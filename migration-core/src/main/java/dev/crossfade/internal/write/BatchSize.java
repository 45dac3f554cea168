package dev.crossfade.internal.write;

/**
 * How many keys one thread of the relay takes at once: as many as it may, but fewer while a batch takes too long. A batch
 * holds rows of the secondary and its fence, for which moves and other refreshes wait. It never shrinks below
 * {@value #FEWEST}: where a transaction alone takes too long, as over a slow network, smaller ones would only be more of
 * them. A batch that fails is halved elsewhere. For one thread.
 */
final class BatchSize {
    /** What a batch may take. */
    static final long LONGEST_NANOS = 100_000_000L;

    /** What a batch is not made smaller than for being slow, if it may be as large. */
    static final int FEWEST = 50;

    private final int most;
    private final int fewest;
    private int size;

    BatchSize(int most) {
        this.most = most;
        this.fewest = Math.min(most, FEWEST);
        this.size = most;
    }

    int get() {
        return size;
    }

    /** Learns from a batch of so many keys. */
    void took(int keys, long nanos) {
        if (nanos > LONGEST_NANOS) {
            size = (int) Math.max(fewest, keys * LONGEST_NANOS / nanos);
        } else if (nanos < LONGEST_NANOS / 2) {
            size = Math.min(most, 2 * size);
        }
    }
}
