package dev.crossfade.samples.benchmarks;

import dev.crossfade.Migration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A write while only one side is written: what stands before the store, without a database's own fence. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Writes {
    private final Orders legacy = new LegacyOrders();
    private final Migration migration = Situation.LEGACY_ONLY.migration();
    private final Orders orders = migration.repository(Orders.class);

    @TearDown
    public void close() {
        migration.close();
    }

    @Benchmark
    public boolean directWrite(Caller caller) {
        return legacy.pay(caller.number());
    }

    @Benchmark
    public boolean crossfadeWriteInLegacyOnly(Caller caller) {
        return orders.pay(caller.number());
    }
}
