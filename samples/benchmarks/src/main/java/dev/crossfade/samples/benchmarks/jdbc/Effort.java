package dev.crossfade.samples.benchmarks.jdbc;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param rounds     every contestant takes its turn in every round
 * @param slice      how long a contestant writes as fast as it can, in one round
 * @param paced      how long a contestant writes at a fixed rate, in one round
 * @param keys       how many keys are drained
 * @param handovers  how often the primary moves, in all
 */
public record Effort(int rounds, Duration slice, Duration paced, int keys, int handovers) {

    /** What the tables of README.md were measured with, given five rounds. */
    public static Effort ofRounds(int rounds) {
        return new Effort(rounds, Duration.ofMillis(500), Duration.ofSeconds(6), 100_000, 40 * rounds);
    }

    /** Just enough to see that everything runs. */
    static Effort smoke() {
        return new Effort(1, Duration.ofMillis(20), Duration.ofMillis(200), 500, 2);
    }
}
