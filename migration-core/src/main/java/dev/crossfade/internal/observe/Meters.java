package dev.crossfade.internal.observe;

import dev.crossfade.internal.view.Context;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one migration, from {@code start()} to {@code close()}. */
public final class Meters {
    private final MeterRegistry registry;
    private final Tags common;
    private volatile @Nullable Timer pauses;
    private final List<Meter> meters = new ArrayList<>();

    public Meters(String migration, MeterRegistry registry) {
        this.registry = registry;
        this.common = Tags.of("migration", migration);
    }

    /** Records how long writes waited for a move. */
    public void handover(Duration pause) {
        Timer timer = pauses;
        if (timer != null) {
            timer.record(pause);
        }
    }

    /** Registers all counters and the gauges of the ledger and the view. */
    public void bind(Context context) {
        Timer timer = Timer.builder("crossfade.handover.pause")
                .description("how long writes waited for a move between stages")
                .tags(common)
                .register(registry);
        pauses = timer;
        meters.add(timer);
        meters.addAll(context.counters().bind(registry, common));
        gauge(
                "crossfade.ledger.dirty",
                "keys that the secondary is behind on",
                context,
                c -> c.ledger().dirtyCount());
        gauge(
                "crossfade.ledger.parked",
                "keys that wait for a person",
                context,
                c -> c.ledger().status().parked());
        meters.add(Gauge.builder(
                        "crossfade.ledger.lag",
                        context,
                        c -> seconds(c.ledger().status().lag().toNanos()))
                .description("age of the oldest dirty key")
                .baseUnit("seconds")
                .tags(common)
                .register(registry));
        meters.add(Gauge.builder(
                        "crossfade.fence.view.age",
                        context,
                        c -> seconds(c.views().ageNanos()))
                .description("age of the view that routes calls")
                .baseUnit("seconds")
                .tags(common)
                .register(registry));
    }

    private void gauge(String name, String description, Context context, ToDoubleFunction<Context> value) {
        meters.add(Gauge.builder(name, context, value)
                .description(description)
                .tags(common)
                .register(registry));
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    /** Removes every meter of this migration. */
    public void close() {
        meters.forEach(registry::remove);
    }
}
