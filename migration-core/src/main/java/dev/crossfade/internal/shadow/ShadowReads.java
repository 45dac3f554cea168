package dev.crossfade.internal.shadow;

import dev.crossfade.MigrationStatus.MismatchRate;
import dev.crossfade.MigrationStatus.SeenDifference;
import dev.crossfade.MigrationStatus.ShadowReadCounts;
import dev.crossfade.compare.Comparison;
import dev.crossfade.event.MigrationEvent.Compared;
import dev.crossfade.event.MigrationEvent.MismatchAlarm;
import dev.crossfade.event.MigrationEvent.MismatchAlarmEnded;
import dev.crossfade.internal.findings.FindingsRecorder;
import dev.crossfade.internal.lane.Lane;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.view.Breaker;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.ContextCarrier;
import dev.crossfade.spi.EntityKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all shadow reads of a migration share: the lane, the breaker, the outcomes and the alarm. */
public final class ShadowReads {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private static final List<String> OUTCOMES =
            List.of("match", "mismatch", "lagging", "primary_failed", "secondary_failed", "skipped");

    private final Context context;
    private final ShadowSettings settings;
    private final Breaker breaker;
    private final FindingsRecorder recorder;
    private final Lane lane;
    private final SeenDifferences differences = new SeenDifferences();
    private final Map<String, MismatchWindow> windows = new HashMap<>();

    /** Entities whose alarm is raised. Guarded by itself. */
    private final Set<String> alarms = new HashSet<>();

    private volatile boolean closed;

    public ShadowReads(Context context, ShadowSettings settings, Breaker breaker, FindingsRecorder recorder) {
        this.context = context;
        this.settings = settings;
        this.breaker = breaker;
        this.recorder = recorder;
        this.lane = new Lane(
                context.platform(),
                "crossfade-" + context.migration() + "-shadow",
                settings.threads(),
                settings.queue());
        context.entities()
                .keySet()
                .forEach(entity -> windows.put(
                        entity, new MismatchWindow(context.platform(), settings.window(), settings.minimumSample())));
    }

    ShadowSettings settings() {
        return settings;
    }

    Breaker breaker() {
        return breaker;
    }

    boolean offer(Runnable task) {
        return lane.offer(task);
    }

    /** What the calling thread carries; to be put on the lane's thread. */
    List<ContextCarrier.Carried> capture() {
        List<ContextCarrier.Carried> carried =
                new ArrayList<>(settings.carriers().size());
        settings.carriers().forEach(carrier -> carried.add(carrier.capture()));
        return carried;
    }

    boolean isClosed() {
        return closed;
    }

    /** Makes the counters of a method, so that they are meters from the start. */
    public void register(String entity, String operation) {
        OUTCOMES.forEach(outcome -> counter(entity, operation, outcome));
        for (Comparison.Reason reason : Comparison.Reason.values()) {
            skips(entity, reason);
        }
    }

    private LongAdder counter(String entity, String operation, String outcome) {
        return context.counters()
                .counter("crossfade.shadow", "entity", entity, "operation", operation, "outcome", outcome);
    }

    private LongAdder skips(String entity, Comparison.Reason reason) {
        return context.counters()
                .counter(
                        "crossfade.shadow.skipped",
                        "entity",
                        entity,
                        "reason",
                        reason.name().toLowerCase(Locale.ROOT));
    }

    /** Counts an outcome, tells the listeners, and raises or ends the alarm. */
    void decided(String entity, String operation, Comparison outcome) {
        counter(entity, operation, nameOf(outcome)).increment();
        if (outcome instanceof Comparison.Skipped skipped) {
            skips(entity, skipped.reason()).increment();
        }
        if (outcome instanceof Comparison.Mismatch mismatch) {
            differences.add(entity, operation, mismatch.differences());
        }
        MismatchWindow window = windows.get(entity);
        if (window != null && (outcome instanceof Comparison.Match || outcome instanceof Comparison.Mismatch)) {
            window.add(outcome instanceof Comparison.Mismatch);
            checkAlarm(entity, window.rate());
        }
        context.events().publish(new Compared(context.migration(), entity, operation, outcome));
    }

    /** Some of these keys differ, as it seems; returns at once. */
    void suspect(String operation, Set<EntityKey> keys) {
        recorder.suspect(keys, "shadow read " + operation);
    }

    /** A sampled call whose result cannot be compared, such as a stream. */
    public void notComparable(String entity, MethodPlan plan) {
        decided(entity, plan.method().getName(), new Comparison.Skipped(Comparison.Reason.NOT_COMPARABLE));
    }

    private static String nameOf(Comparison outcome) {
        if (outcome instanceof Comparison.Match) {
            return "match";
        } else if (outcome instanceof Comparison.Mismatch) {
            return "mismatch";
        } else if (outcome instanceof Comparison.Lagging) {
            return "lagging";
        } else if (outcome instanceof Comparison.PrimaryFailed) {
            return "primary_failed";
        } else if (outcome instanceof Comparison.SecondaryFailed) {
            return "secondary_failed";
        }
        return "skipped";
    }

    private void checkAlarm(String entity, MismatchRate rate) {
        double share = rate.compared() == 0 ? 0 : (double) rate.mismatched() / rate.compared();
        boolean high = rate.sufficient() && share > settings.alarmRate();
        boolean changed;
        synchronized (alarms) {
            changed = high ? alarms.add(entity) : share <= settings.alarmRate() && alarms.remove(entity);
        }
        if (changed && high) {
            log.warn(
                    "{} - {} of {} compared reads of {} differ; the fields are in the status. Keep the primary where it "
                            + "is until the cause is found",
                    context.migration(),
                    rate.mismatched(),
                    rate.compared(),
                    entity);
            context.events().publish(new MismatchAlarm(context.migration(), entity, share, rate.compared()));
        } else if (changed) {
            context.events().publish(new MismatchAlarmEnded(context.migration(), entity));
        }
    }

    /** Ends alarms whose mismatches have left the window, and interrupts shadow reads past their deadline. */
    public void tick() {
        windows.forEach((entity, window) -> checkAlarm(entity, window.rate()));
        lane.interruptOverdue(settings.deadline().toNanos());
        recorder.tick();
    }

    public Map<String, MismatchRate> rates() {
        Map<String, MismatchRate> rates = new HashMap<>();
        windows.forEach((entity, window) -> rates.put(entity, window.rate()));
        return rates;
    }

    /** Entities with a confirmed mismatch in the window. */
    public List<String> entitiesWithMismatches() {
        return windows.entrySet().stream()
                .filter(entry -> entry.getValue().rate().mismatched() > 0)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    public List<SeenDifference> latestDifferences() {
        return differences.latest();
    }

    public ShadowReadCounts counts() {
        return new ShadowReadCounts(
                total("match"),
                total("mismatch"),
                total("lagging"),
                total("primary_failed"),
                total("secondary_failed"),
                total("skipped"));
    }

    private long total(String outcome) {
        return context.counters().total("crossfade.shadow", "outcome", outcome);
    }

    /** Drops what waits, and stops the threads within the time. */
    public void close(Duration timeout) {
        closed = true;
        lane.close(timeout);
        recorder.close(timeout);
    }
}
