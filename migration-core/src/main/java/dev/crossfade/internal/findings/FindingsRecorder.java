package dev.crossfade.internal.findings;

import dev.crossfade.internal.findings.KeyCheck.Checked;
import dev.crossfade.internal.lane.Lane;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes keys that a shadow read has found to differ, looks at each once more by itself, and has those recorded that do.
 * All of it on a thread of its own: whoever hands a key over waits for nothing, and a key that differs in every read is
 * looked at once in a while only. What cannot be recorded is tried again, and counted where it cannot be kept.
 */
public final class FindingsRecorder {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    /** So many keys wait at most. */
    private static final int CAPACITY = 1_000;

    /** So many keys are looked at together. */
    private static final int BATCH = 100;

    private static final Duration AGAIN_AFTER = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(1);

    /** A key that is on its way each time it is looked at differs no more than any other. */
    private static final int MOST_LOOKS = 10;

    private final Context context;
    private final KeyCheck check;
    private final Lane lane;
    private final LongAdder recorded;
    private final LongAdder failed;
    private final LongAdder dropped;

    /** A key that was handed over, and how often since it was last recorded. */
    private static final class Suspected {
        final String foundBy;
        long times;
        int looks;
        boolean recorded;
        long dueNanos;

        Suspected(String foundBy, long dueNanos) {
            this.foundBy = foundBy;
            this.dueNanos = dueNanos;
        }
    }

    /** Guarded by {@code this}. */
    private final Map<EntityKey, Suspected> suspects = new LinkedHashMap<>();

    /** Findings that had no room here and are not counted by the sink yet. Guarded by {@code this}. */
    private long unrecorded;

    /** Not before this time is it tried again after a failure. Guarded by {@code this}. */
    private long tryAt;

    /** Guarded by {@code this}. */
    private boolean failing;

    public FindingsRecorder(Context context, KeyCheck check) {
        this.context = context;
        this.check = check;
        this.tryAt = context.platform().nanoTime();
        this.lane = new Lane(context.platform(), "crossfade-" + context.migration() + "-findings", 1, 1);
        this.recorded = context.counters().counter("crossfade.discrepancy", "outcome", "recorded");
        this.failed = context.counters().counter("crossfade.discrepancy", "outcome", "failed");
        this.dropped = context.counters().counter("crossfade.discrepancy", "outcome", "dropped");
    }

    /** Hands keys over; returns at once. */
    public void suspect(Collection<EntityKey> keys, String foundBy) {
        synchronized (this) {
            for (EntityKey key : keys) {
                Suspected known = suspects.get(key);
                if (known == null && suspects.size() < CAPACITY) {
                    known = new Suspected(foundBy, context.platform().nanoTime());
                    suspects.put(key, known);
                }
                if (known == null) {
                    unrecorded++;
                    dropped.increment();
                } else {
                    known.times++;
                }
            }
        }
        tick();
    }

    /** Has the thread go on if there is something to do. */
    public void tick() {
        if (isDue()) {
            // Refused while the thread has work already; the next tick asks again.
            var unused = lane.offer(this::work);
        }
    }

    private synchronized boolean isDue() {
        long now = context.platform().nanoTime();
        return (unrecorded > 0 && now - tryAt >= 0)
                || suspects.values().stream().anyMatch(suspected -> now - suspected.dueNanos >= 0);
    }

    private void work() {
        Map<EntityKey, Suspected> batch = take();
        long more = takeUnrecorded();
        if (batch.isEmpty() && more == 0) {
            return;
        }
        try {
            List<Finding> findings = new ArrayList<>();
            Set<EntityKey> undecided = new HashSet<>();
            Map<String, List<EntityKey>> byEntity = new HashMap<>();
            batch.keySet()
                    .forEach(key -> byEntity.computeIfAbsent(key.entity(), entity -> new ArrayList<>())
                            .add(key));
            for (Map.Entry<String, List<EntityKey>> group : byEntity.entrySet()) {
                Checked checked = check.check(group.getKey(), group.getValue(), "shadow read");
                checked.different().forEach(finding -> findings.add(asFound(finding, batch)));
                undecided.addAll(checked.undecided());
            }
            if (!findings.isEmpty() || more > 0) {
                context.discrepancies().record(findings, more);
                recorded.add(findings.size());
            }
            succeeded(batch, undecided);
        } catch (Throwable failure) {
            failed(batch, more, FailureSummary.of(failure));
        }
    }

    private static Finding asFound(Finding finding, Map<EntityKey, Suspected> batch) {
        Suspected suspected = batch.get(finding.key());
        return suspected == null
                ? finding
                : new Finding(
                        finding.key(),
                        finding.kind(),
                        finding.fields(),
                        suspected.foundBy,
                        finding.epoch(),
                        finding.version(),
                        suspected.times);
    }

    /** Those that are due; they stay here meanwhile, so that they are not handed over anew. */
    private synchronized Map<EntityKey, Suspected> take() {
        long now = context.platform().nanoTime();
        Map<EntityKey, Suspected> batch = new LinkedHashMap<>();
        suspects.values().removeIf(suspected -> suspected.times == 0 && now - suspected.dueNanos >= 0);
        for (Map.Entry<EntityKey, Suspected> entry : suspects.entrySet()) {
            Suspected suspected = entry.getValue();
            if (now - suspected.dueNanos >= 0 && batch.size() < BATCH) {
                Suspected taken = new Suspected(suspected.foundBy, now);
                taken.times = suspected.times;
                batch.put(entry.getKey(), taken);
                suspected.times = 0;
                suspected.looks++;
                suspected.dueNanos = now + AGAIN_AFTER.toNanos();
            }
        }
        return batch;
    }

    private synchronized long takeUnrecorded() {
        long more = unrecorded;
        unrecorded = 0;
        return more;
    }

    private synchronized void succeeded(Map<EntityKey, Suspected> batch, Set<EntityKey> undecided) {
        batch.forEach((key, taken) -> {
            Suspected kept = suspects.get(key);
            if (kept == null) {
                return;
            }
            boolean decided = !undecided.contains(key);
            if (!decided && kept.looks < MOST_LOOKS) {
                lookAgain(kept, taken);
            } else {
                kept.looks = 0;
                kept.recorded |= decided;
                dropped.add(decided ? 0 : 1);
            }
        });
        if (failing) {
            failing = false;
            log.info("{} - discrepancies are recorded again", context.migration());
        }
    }

    private synchronized void failed(Map<EntityKey, Suspected> batch, long more, FailureSummary failure) {
        failed.increment();
        unrecorded += more;
        tryAt = context.platform().nanoTime() + SOON.toNanos();
        batch.forEach((key, taken) -> {
            Suspected kept = suspects.get(key);
            if (kept != null) {
                kept.looks = 0;
                lookAgain(kept, taken);
            }
        });
        if (!failing) {
            failing = true;
            log.warn(
                    "{} - {} keys that differ in shadow reads could not be recorded ({}); reads go on, and it is tried "
                            + "again every second",
                    context.migration(),
                    batch.size(),
                    failure);
        }
    }

    /** Guarded by {@code this}. */
    private void lookAgain(Suspected kept, Suspected taken) {
        kept.times += taken.times;
        kept.dueNanos = context.platform().nanoTime() + SOON.toNanos();
    }

    /** Stops the thread within the time. */
    public void close(Duration timeout) {
        lane.close(timeout);
        int waiting;
        synchronized (this) {
            waiting = (int) suspects.values().stream()
                    .filter(suspected -> suspected.times > 0 && !suspected.recorded)
                    .count();
        }
        if (waiting > 0) {
            log.warn(
                    "{} - {} keys that differ in shadow reads were not recorded before the end",
                    context.migration(),
                    waiting);
        }
    }
}
