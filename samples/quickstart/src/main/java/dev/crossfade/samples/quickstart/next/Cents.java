package dev.crossfade.samples.quickstart.next;

import java.math.BigDecimal;

/** Amounts as the new store keeps them. Both directions are exact. */
final class Cents {
    private static final int SCALE = 2;

    private Cents() {}

    static long of(BigDecimal amount) {
        return amount.movePointRight(SCALE).longValueExact();
    }

    static BigDecimal amount(long cents) {
        return BigDecimal.valueOf(cents, SCALE);
    }
}
