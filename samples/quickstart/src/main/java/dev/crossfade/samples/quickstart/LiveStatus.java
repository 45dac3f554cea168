package dev.crossfade.samples.quickstart;

import dev.crossfade.Migration;
import dev.crossfade.MigrationStatus;
import dev.crossfade.Side;
import dev.crossfade.samples.quickstart.status.StatusLine;
import dev.crossfade.samples.quickstart.status.StatusLine.Rates;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the migration's status, taken once a second, into lines of rates. For one thread. */
final class LiveStatus {
    private final Migration migration;
    private final long began = System.nanoTime();
    private Map<Side, Long> readsBefore = Map.of();
    private Map<Side, Long> writesBefore = Map.of();
    private long lookedAt = began;

    LiveStatus(Migration migration) {
        this.migration = migration;
    }

    StatusLine look() {
        long now = System.nanoTime();
        double seconds = Math.max(0.001, (now - lookedAt) / 1e9);
        MigrationStatus status = migration.status();
        StatusLine line = new StatusLine(
                Duration.ofNanos(now - began),
                status.stage() + (status.moving() ? "..." : ""),
                status.readNewPercent(),
                status.shadowPercent(),
                rates(status, Side.LEGACY, seconds),
                rates(status, Side.NEW, seconds),
                status.ledger().dirty(),
                status.ledger().lag(),
                status.ledger().parked(),
                status.shadowReads().matched(),
                status.shadowReads().mismatched(),
                status.fallbacks());
        readsBefore = status.reads();
        writesBefore = status.writes();
        lookedAt = now;
        return line;
    }

    private Rates rates(MigrationStatus status, Side side, double seconds) {
        return new Rates(
                perSecond(status.reads().get(side), readsBefore.get(side), seconds),
                perSecond(status.writes().get(side), writesBefore.get(side), seconds));
    }

    private static long perSecond(@Nullable Long now, @Nullable Long before, double seconds) {
        return Math.round(((now == null ? 0 : now) - (before == null ? 0 : before)) / seconds);
    }
}
