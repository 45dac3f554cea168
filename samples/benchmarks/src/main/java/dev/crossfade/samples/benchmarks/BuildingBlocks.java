package dev.crossfade.samples.benchmarks;

import dev.crossfade.routing.StickyBucket;
import dev.openfeature.sdk.Client;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a routed read is made of, and what it was kept from being made of. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BuildingBlocks {
    private final StickyBucket bucket = StickyBucket.salted("orders");
    private final LongAdder adder = new LongAdder();
    private final Counter counter = new SimpleMeterRegistry().counter("reads");
    private final Client flags = Flags.client();

    /** Of a key of 16 characters. */
    @Benchmark
    public int stickyBucketOfText(Caller caller) {
        return bucket.of(caller.number());
    }

    /** Of a number of 10 digits. */
    @Benchmark
    public int stickyBucketOfLong(Count count) {
        return bucket.of(count.next());
    }

    @Benchmark
    public void longAdder() {
        adder.increment();
    }

    @Benchmark
    public void micrometerCounter() {
        counter.increment();
    }

    /** What a timer costs before it records anything. */
    @Benchmark
    public long twoClockReads() {
        long begin = System.nanoTime();
        return System.nanoTime() - begin;
    }

    @Benchmark
    public boolean openFeatureBoolean() {
        return flags.getBooleanValue(Flags.CHECKS_NEW, false);
    }

    /** Keys of one thread. */
    @State(Scope.Thread)
    public static class Count {
        private long count = 1_000_000_000L;

        long next() {
            return count += 7_919;
        }
    }
}
