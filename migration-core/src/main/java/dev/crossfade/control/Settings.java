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

    /** The basis points of a percentage, rounded to two decimals; refuses NaN and what lies outside 0 to 100. */
    public static int basisPoints(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("A percentage is " + percent + "; choose 0 to 100, with two decimals");
        }
        return (int) Math.round(percent * 100);
    }
}
