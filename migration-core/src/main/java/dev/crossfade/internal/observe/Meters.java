package dev.crossfade.internal.observe;

import dev.crossfade.spi.Ledger;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The meters of one migration, from {@code start()} to {@code close()}. */
public final class Meters {
    private static final String SECONDS = "seconds";

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
    public void bind(Counters counters, Ledger ledger, LongSupplier viewAgeNanos) {
        Timer timer = Timer.builder("crossfade.handover.pause")
                .description("how long writes waited for a move between stages")
                .tags(common)
                .register(registry);
        pauses = timer;
        meters.add(timer);
        meters.addAll(counters.bind(registry, common));
        gauge("crossfade.ledger.dirty", "keys that the secondary is behind on", null, ledger::dirtyCount);
        gauge(
                "crossfade.ledger.parked",
                "keys that wait for a person",
                null,
                () -> ledger.status().parked());
        gauge(
                "crossfade.ledger.lag",
                "age of the oldest dirty key",
                SECONDS,
                () -> seconds(ledger.status().lag().toNanos()));
        gauge(
                "crossfade.fence.view.age",
                "age of the view that routes calls",
                SECONDS,
                () -> seconds(viewAgeNanos.getAsLong()));
    }

    private void gauge(String name, String description, @Nullable String unit, Supplier<Number> value) {
        meters.add(Gauge.builder(name, value)
                .description(description)
                .baseUnit(unit)
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
