package dev.crossfade.control;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One immutable set of dials and wishes. Percentages are held in basis points, hundredths of a percent, 0 to
 * {@value #MAX_BASIS_POINTS}.
 *
 * @param wish               the stage that the control asks for, if any
 * @param readNewBasisPoints share of routable reads that the new side answers; empty means "the primary answers",
 *                           which is 0 in {@code LEGACY_PRIMARY} and {@value #MAX_BASIS_POINTS} in {@code NEW_PRIMARY}
 * @param shadowBasisPoints  share of reads that are followed by a shadow read, 0 by default
 * @param readsToPrimary     the kill switch: every read to the primary, no shadow reads, no inline refresh. It never
 *                           stops the ledger and never moves the primary
 */
public record Settings(
        Optional<Wish> wish, OptionalInt readNewBasisPoints, int shadowBasisPoints, boolean readsToPrimary) {

    /** 100 percent. */
    public static final int MAX_BASIS_POINTS = 10_000;

    /** No wish, reads to the primary, no shadow reads, kill switch off. */
    public static final Settings NONE = new Settings(Optional.empty(), OptionalInt.empty(), 0, false);

    public Settings {
        Objects.requireNonNull(wish, "wish");
        Objects.requireNonNull(readNewBasisPoints, "readNewBasisPoints");
        readNewBasisPoints.ifPresent(value -> requireBasisPoints("readNewBasisPoints", value));
        requireBasisPoints("shadowBasisPoints", shadowBasisPoints);
    }

    private static void requireBasisPoints(String name, int value) {
        if (value < 0 || value > MAX_BASIS_POINTS) {
            throw new IllegalArgumentException(
                    "Setting " + name + " is " + value + "; choose 0 to " + MAX_BASIS_POINTS + " (100 %)");
        }
    }

    /** These settings with the kill switch on or off. */
    public Settings withReadsToPrimary(boolean on) {
        return on == readsToPrimary ? this : new Settings(wish, readNewBasisPoints, shadowBasisPoints, on);
    }

    /**
     * The basis points of a percentage. Nothing is rounded in silence: 12.5 and 0.01 are percentages, 33.333 is not.
     *
     * @throws IllegalArgumentException for NaN, for what lies outside 0 to 100 and for more than two decimals
     */
    public static int basisPoints(double percent) {
        if (!isPercentage(percent)) {
            throw new IllegalArgumentException(
                    "A percentage is " + percent + "; choose 0 to 100, with at most two decimals");
        }
        return (int) Math.round(percent * 100);
    }

    /** Whether {@link #basisPoints} takes this number. */
    static boolean isPercentage(double percent) {
        // 0.29 * 100 is 28.999999999999996: what differs by less than this is the same number to whoever wrote it.
        return percent >= 0 && percent <= 100 && Math.abs(percent * 100 - Math.rint(percent * 100)) < 1e-6;
    }
}
