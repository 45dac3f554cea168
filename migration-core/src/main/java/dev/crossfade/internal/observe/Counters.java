package dev.crossfade.internal.observe;

import dev.crossfade.spi.Platform;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts events by meter name and tags. Callers keep the adder that they need; a registry reads the adders when it is
 * asked, so counting costs no more than adding one.
 */
public final class Counters {
    private final Platform platform;
    private final Map<Id, LongAdder> adders = new ConcurrentHashMap<>();
    private final Map<Id, SampledTimer> timers = new ConcurrentHashMap<>();

    public Counters(Platform platform) {
        this.platform = platform;
    }

    private record Id(String name, Tags tags) {}

    /**
     * The adder of this meter, the same for the same name and tags.
     *
     * @param tags names and values in turn, bounded: entities, sides, operations, outcomes; never keys
     */
    public LongAdder counter(String name, String... tags) {
        return adders.computeIfAbsent(new Id(name, Tags.of(tags)), id -> new LongAdder());
    }

    /** The sampled timer of this meter, the same for the same name and tags. */
    public SampledTimer timer(String name, String... tags) {
        return timers.computeIfAbsent(new Id(name, Tags.of(tags)), id -> new SampledTimer(platform));
    }

    /** The sum over all adders of this name that carry these tags. */
    public long total(String name, String... tags) {
        Tags wanted = Tags.of(tags);
        long total = 0;
        for (Map.Entry<Id, LongAdder> entry : adders.entrySet()) {
            Id id = entry.getKey();
            if (id.name().equals(name)
                    && wanted.stream().allMatch(tag -> id.tags().stream().anyMatch(tag::equals))) {
                total += entry.getValue().sum();
            }
        }
        return total;
    }

    /** Makes every counter that exists now a meter of the registry. */
    List<Meter> bind(MeterRegistry registry, Tags common) {
        List<Meter> meters = new ArrayList<>();
        adders.forEach((id, adder) -> meters.add(FunctionCounter.builder(id.name(), adder, LongAdder::sum)
                .tags(common.and(id.tags()))
                .register(registry)));
        timers.forEach((id, sampled) -> {
            Timer timer = Timer.builder(id.name())
                    .description("sampled, one call in " + SampledTimer.ONE_IN)
                    .tags(common.and(id.tags()))
                    .register(registry);
            sampled.bind(timer);
            meters.add(timer);
        });
        return meters;
    }
}
