package dev.crossfade.samples.benchmarks;

import dev.crossfade.CallScope;
import dev.crossfade.Migration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A read through Crossfade, stage by stage. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Crossfade {

    @Benchmark
    public @Nullable Order crossfade(Migrating migrating, InRegion inRegion, Caller caller) {
        return migrating.orders.findById(caller.number());
    }

    /** A migration that stands where it is to be measured. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // JMH sets the parameter and calls the set-up.
    public static class Migrating {
        @Param
        public Situation situation;

        private Migration migration;
        private Orders orders;

        @Setup
        public void start() throws InterruptedException {
            migration = situation.migration();
            orders = migration.repository(Orders.class);
            if (situation == Situation.LEGACY_PRIMARY_50_SEGMENT) {
                learnSegment();
            }
        }

        /** The first call of a segment gets the settings for everybody; its own are there soon after. */
        private void learnSegment() throws InterruptedException {
            CallScope.Opened scope = InRegion.EU.open();
            try {
                orders.findById(Order.numberOf(0));
                Thread.sleep(500);
            } finally {
                scope.close();
            }
        }

        @TearDown
        public void close() {
            migration.close();
        }
    }

    /** Puts a region on the calling thread; flags tell callers apart by it in one situation only. */
    @State(Scope.Thread)
    public static class InRegion {
        private static final CallScope EU = CallScope.attributes(Map.of("region", "eu"));

        private CallScope.@Nullable Opened opened;

        @Setup
        public void open(Migrating migrating) {
            if (migrating.situation == Situation.LEGACY_PRIMARY_50_SEGMENT) {
                opened = EU.open();
            }
        }

        @TearDown
        public void close() {
            if (opened != null) {
                opened.close();
            }
        }
    }
}
