package dev.crossfade.samples.benchmarks.backfill;

/**
 * How much is measured.
 *
 * @param rounds every contestant takes its turn in every round
 * @param rows   how many rows cross
 */
public record Volume(int rounds, int rows) {}
