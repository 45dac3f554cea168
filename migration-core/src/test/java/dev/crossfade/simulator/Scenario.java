package dev.crossfade.simulator;

import java.util.Random;

/**
 * What a seed stands for.
 *
 * @param switchRate    how often a pause hands on to another actor
 * @param delayRate     how often a pause becomes a long sleep
 * @param secondaryRate how often the secondary fails
 * @param primaryRate   how often the primary fails
 * @param hangRate      how often a store hangs
 * @param duplicateRate how often a key is handed out twice
 * @param crashStep     the step at which the process dies, 0 for never
 */
record Scenario(
        int keys,
        int writers,
        int calls,
        int relayThreads,
        int ledgerCapacity,
        int maxAttempts,
        boolean bulk,
        boolean deadline,
        double switchRate,
        double delayRate,
        double secondaryRate,
        double primaryRate,
        double hangRate,
        double duplicateRate,
        int crashStep) {

    static Scenario of(Random random) {
        return new Scenario(
                2 + random.nextInt(5),
                2 + random.nextInt(2),
                5 + random.nextInt(14),
                1 + random.nextInt(3),
                random.nextInt(3) == 0 ? 4 : 100,
                1 + random.nextInt(3) * random.nextInt(4),
                random.nextBoolean(),
                random.nextInt(4) == 0,
                oneOf(random, 0.1, 0.3, 0.6, 1),
                oneOf(random, 0, 0.003, 0.01, 0.03),
                oneOf(random, 0, 0.02, 0.1, 0.3),
                oneOf(random, 0, 0.05, 0.2),
                oneOf(random, 0, 0, 0.05),
                oneOf(random, 0, 0.3, 0.8),
                random.nextInt(4) == 0 ? 50 + random.nextInt(1_500) : 0);
    }

    private static double oneOf(Random random, double... values) {
        return values[random.nextInt(values.length)];
    }
}
