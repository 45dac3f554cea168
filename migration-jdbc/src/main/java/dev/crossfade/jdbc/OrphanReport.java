package dev.crossfade.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What a look for orphans has found. Its text form shows numbers and no values.
 *
 * @param reference the columns, such as {@code orders.user_id -> users.id}
 * @param rows      how many rows with a reference were looked at
 * @param found     how many of them led nowhere at the second look, too
 * @param settled   how many led nowhere at the first look alone: the target came meanwhile, or the row changed
 * @param withheld  how many of those found were not handed to the policy, because there were more than it takes
 * @param elapsed   how long it took
 * @param first     those that were found first, at most {@value #MAX_KEPT}
 */
public record OrphanReport(
        String reference, long rows, long found, long settled, long withheld, Duration elapsed, List<Orphan> first) {
    /** So many orphans are kept. */
    public static final int MAX_KEPT = 1_000;

    public OrphanReport {
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(elapsed, "elapsed");
        first = List.copyOf(first.subList(0, Math.min(first.size(), MAX_KEPT)));
    }

    /** Whether every reference leads somewhere. */
    public boolean isClean() {
        return found == 0;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %d of %d references lead nowhere%s, %d settled meanwhile (%.1f s)",
                reference,
                found,
                rows,
                withheld == 0 ? "" : ", of which " + withheld + " were withheld",
                settled,
                elapsed.toMillis() / 1000.0);
    }
}
