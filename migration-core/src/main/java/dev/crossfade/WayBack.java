package dev.crossfade;

import dev.crossfade.control.Stage;
import dev.crossfade.spi.DiscrepancySink.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Whether the way back is open now, as a rehearsal tells it without moving anything.
 *
 * @param migration     the migration's name
 * @param from          the stage
 * @param to            the stage that the way back leads to
 * @param dirty         keys that the store to go back to is behind on
 * @param lag           age of the oldest of them that is not parked
 * @param parked        keys that wait for a person
 * @param refused       keys whose last refresh that store has refused and that are not parked yet
 * @param discrepancies open and accepted ones
 * @param obstacles     what would refuse the move now; empty if nothing would
 */
public record WayBack(
        String migration,
        Stage from,
        Stage to,
        int dirty,
        Duration lag,
        int parked,
        int refused,
        Summary discrepancies,
        List<String> obstacles) {

    public WayBack {
        Objects.requireNonNull(migration, "migration");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(lag, "lag");
        Objects.requireNonNull(discrepancies, "discrepancies");
        obstacles = List.copyOf(obstacles);
    }

    /** Whether the move would begin now. */
    public boolean isOpen() {
        return obstacles.isEmpty();
    }

    /** For people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("The way back of migration ")
                .append(migration)
                .append(" from ")
                .append(from)
                .append(" to ");
        text.append(to).append(isOpen() ? " is open\n" : " is not open\n");
        text.append("  ")
                .append(dirty)
                .append(" keys dirty, lag ")
                .append(lag.toMillis())
                .append(" ms, ");
        text.append(parked).append(" parked, ").append(refused).append(" refused, ");
        text.append(discrepancies.open()).append(" discrepancies open, ");
        text.append(discrepancies.accepted()).append(" accepted\n");
        obstacles.forEach(obstacle -> text.append("  ").append(obstacle).append('\n'));
        return text.toString();
    }
}
