package dev.crossfade.simulator;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Random;

/** What goes wrong in the stores, drawn from the seed. */
final class Faults {
    private final Random random;
    private final double secondaryRate;
    private final double primaryRate;
    private final double delayRate;
    private boolean healed;

    Faults(Random random, double secondaryRate, double primaryRate, double delayRate) {
        this.random = random;
        this.secondaryRate = secondaryRate;
        this.primaryRate = primaryRate;
        this.delayRate = delayRate;
    }

    void heal() {
        healed = true;
    }

    boolean failsPrimary() {
        return !healed && random.nextDouble() < primaryRate;
    }

    boolean failsSecondary() {
        return !healed && random.nextDouble() < secondaryRate;
    }

    /** How long a store hangs now, mostly not at all. */
    long delayNanos() {
        return !healed && random.nextDouble() < delayRate ? Math.abs(random.nextLong() % 900_000_000L) : 0;
    }

    /** Unreachable, contention, refused or an error. */
    Throwable draw(String where) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> new SQLTransientConnectionException("simulated, " + where);
            case 2 -> new SQLException("simulated, " + where, "40001");
            case 3 -> new SQLException("simulated, " + where, "23505");
            case 4 -> new IllegalStateException("simulated, " + where);
            default -> new AssertionError("simulated, " + where);
        };
    }
}
