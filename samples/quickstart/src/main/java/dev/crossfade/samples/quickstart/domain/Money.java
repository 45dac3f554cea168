package dev.crossfade.samples.quickstart.domain;

import java.math.BigDecimal;

/** The rule for every amount of the domain: two decimals, 0 to {@link #MAX}. */
public final class Money {
    /** The largest amount that both databases hold, DECIMAL(10,2) in the legacy one. */
    public static final BigDecimal MAX = new BigDecimal("99999999.99");

    public static final BigDecimal ZERO = new BigDecimal("0.00");

    private Money() {}

    /**
     * The amount, unchanged.
     *
     * @throws IllegalArgumentException if its scale is not 2 or it lies outside 0 to {@link #MAX}
     */
    static BigDecimal checked(String name, BigDecimal amount) {
        if (amount.scale() != 2) {
            throw new IllegalArgumentException("Amount " + name + " has " + amount.scale() + " decimals; use 2");
        }
        if (amount.signum() < 0 || amount.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("Amount " + name + " is out of range; choose 0.00 to " + MAX);
        }
        return amount;
    }
}
