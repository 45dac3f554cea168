package dev.crossfade.samples.quickstart.status;

import java.time.Duration;
import java.util.Locale;

/**
 * One look at a running migration, as one line of text.
 *
 * @param elapsed        since the start of the run
 * @param instances      how many instances of the service answer
 * @param stage          name of the stage
 * @param readNewPercent share of reads that the new side answers
 * @param shadowPercent  share of reads that are followed by a shadow read
 * @param legacy         what the legacy side did in the last second
 * @param next           what the new side did in the last second
 * @param dirty          keys that the secondary is behind with
 * @param lag            age of the oldest of them
 * @param parked         keys that the secondary refuses
 * @param matches        shadow reads that agreed, so far
 * @param mismatches     shadow reads that disagreed for good, so far
 * @param fallbacks      reads that the primary answered because the new side could not, so far
 */
public record StatusLine(
        Duration elapsed,
        int instances,
        String stage,
        double readNewPercent,
        double shadowPercent,
        Rates legacy,
        Rates next,
        long dirty,
        Duration lag,
        long parked,
        long matches,
        long mismatches,
        long fallbacks) {

    /** Calls of one side. */
    public record Rates(long readsPerSecond, long writesPerSecond) {}

    /** Columns of fixed width and each with its name, so that any single line reads without a header. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "%4.0fs  %d up  %-14s  new %5.1f%%  shadow %5.1f%%  reads/s legacy %4d new %4d  writes/s legacy %3d new %3d  "
                        + "dirty %5d  lag %5.1fs  parked %d  match %d  mismatch %d  fallback %d",
                elapsed.toMillis() / 1_000.0,
                instances,
                stage,
                readNewPercent,
                shadowPercent,
                legacy.readsPerSecond(),
                next.readsPerSecond(),
                legacy.writesPerSecond(),
                next.writesPerSecond(),
                dirty,
                lag.toMillis() / 1_000.0,
                parked,
                matches,
                mismatches,
                fallbacks);
    }
}
