package dev.crossfade.spi;

import java.util.Comparator;

/**
 * The version of one key in the ledger. Versions of one key follow the order in which its writes became true; versions
 * of different keys tell nothing about each other.
 *
 * @param generation raised when the ledger begins anew, so that what an older ledger left behind never wins
 * @param counter    raised by every write and mark of the key, by a write at least as far as by a mark
 */
public record Version(long generation, long counter) implements Comparable<Version> {
    private static final Comparator<Version> ORDER =
            Comparator.comparingLong(Version::generation).thenComparingLong(Version::counter);

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }

    /** Whether this version is older than the other. */
    public boolean isBefore(Version other) {
        return compareTo(other) < 0;
    }
}
