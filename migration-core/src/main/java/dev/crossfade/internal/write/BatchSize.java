package dev.crossfade.internal.write;

/**
 * How many keys one thread of the relay takes at once: as many as it may, but fewer while a batch takes too long. A batch
 * holds rows of the secondary and its fence, for which moves and other refreshes wait. For one thread.
 */
final class BatchSize {
    /** What a batch may take. */
    static final long LONGEST_NANOS = 100_000_000L;

    private final int most;
    private int size;

    BatchSize(int most) {
        this.most = most;
        this.size = most;
    }

    int get() {
        return size;
    }

    /** Learns from a batch of so many keys. */
    void took(int keys, long nanos) {
        if (nanos > LONGEST_NANOS) {
            size = (int) Math.max(1, keys * LONGEST_NANOS / nanos);
        } else if (nanos < LONGEST_NANOS / 2) {
            size = Math.min(most, 2 * size);
        }
    }
}
