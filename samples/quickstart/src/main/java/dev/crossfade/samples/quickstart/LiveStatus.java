package dev.crossfade.samples.quickstart;

import dev.crossfade.samples.quickstart.service.Report;
import dev.crossfade.samples.quickstart.service.ServiceProcess;
import dev.crossfade.samples.quickstart.status.StatusLine;
import dev.crossfade.samples.quickstart.status.StatusLine.Rates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Turns what the instances report, taken once a second, into lines of rates for all of them. For one thread. */
final class LiveStatus {
    private final Shop shop;
    private final long began = System.nanoTime();
    private Map<ServiceProcess, Report> before = Map.of();
    private long lookedAt = began;

    LiveStatus(Shop shop) {
        this.shop = shop;
    }

    StatusLine look() {
        long now = System.nanoTime();
        double seconds = Math.max(0.001, (now - lookedAt) / 1e9);
        Map<ServiceProcess, Report> reports = reports();
        List<Report> all = new ArrayList<>(reports.values());
        Report latest = all.stream()
                .max(Comparator.comparingLong(Report::epoch))
                .orElseThrow(() -> new IllegalStateException("no instance is open"));
        StatusLine line = new StatusLine(
                Duration.ofNanos(now - began),
                all.size(),
                latest.stage() + (latest.moving() ? "..." : ""),
                latest.readNewPercent(),
                latest.shadowPercent(),
                new Rates(rate(reports, Report::legacyReads, seconds), rate(reports, Report::legacyWrites, seconds)),
                new Rates(rate(reports, Report::newReads, seconds), rate(reports, Report::newWrites, seconds)),
                most(all, Report::dirty),
                Duration.ofMillis(most(all, Report::lagMillis)),
                most(all, Report::parked),
                sum(all, Report::matches),
                sum(all, Report::mismatches),
                sum(all, Report::fallbacks));
        before = reports;
        lookedAt = now;
        return line;
    }

    private Map<ServiceProcess, Report> reports() {
        Map<ServiceProcess, Report> reports = new HashMap<>();
        try {
            for (ServiceProcess instance : shop.instances()) {
                instance.report().ifPresent(report -> reports.put(instance, report));
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted");
        }
        return reports;
    }

    /** Instances that were not there a second ago began to count at zero. */
    private long rate(Map<ServiceProcess, Report> now, ToLongFunction<Report> count, double seconds) {
        long calls = 0;
        for (Map.Entry<ServiceProcess, Report> entry : now.entrySet()) {
            Report earlier = before.get(entry.getKey());
            calls += count.applyAsLong(entry.getValue()) - (earlier == null ? 0 : count.applyAsLong(earlier));
        }
        return Math.round(calls / seconds);
    }

    /** Each instance sees the ledger of all, but one may have looked at it later than the other. */
    private static long most(List<Report> reports, ToLongFunction<Report> number) {
        return reports.stream().mapToLong(number).max().orElse(0);
    }

    private static long sum(List<Report> reports, ToLongFunction<Report> number) {
        return reports.stream().mapToLong(number).sum();
    }
}
