package dev.crossfade.samples.quickstart.service;

import dev.crossfade.samples.quickstart.traffic.TrafficCounts;
import java.util.List;

/**
 * How one instance stands; counts are totals since its start.
 *
 * @param lagMillis   age of the oldest dirty key
 * @param peak        most keys dirty at once
 * @param injected    failures that the simulated faults of this instance made
 * @param handovers   the moves of the primary that this instance carried out
 * @param differences fields that differed in shadow reads lately
 */
public record Report(
        String stage,
        boolean moving,
        long epoch,
        double readNewPercent,
        double shadowPercent,
        long legacyReads,
        long newReads,
        long legacyWrites,
        long newWrites,
        int dirty,
        long lagMillis,
        int parked,
        int peak,
        long matches,
        long mismatches,
        long fallbacks,
        long injected,
        TrafficCounts traffic,
        List<Handover> handovers,
        List<String> differences) {

    public Report {
        handovers = List.copyOf(handovers);
        differences = List.copyOf(differences);
    }

    /**
     * A move of the primary.
     *
     * @param epoch       of the fence after it
     * @param pauseMicros how long new writes had to wait
     */
    public record Handover(String from, String to, long epoch, long pauseMicros, String operator) {}
}
