package dev.crossfade.samples.benchmarks;

import com.github.rawls238.scientist4j.Experiment;
import com.github.rawls238.scientist4j.ExperimentBuilder;
import dev.crossfade.routing.StickyBucket;
import dev.openfeature.sdk.Client;
import io.dropwizard.metrics5.MetricRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A read without Crossfade: direct, and in the ways in which one would move reads without it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadsByHand {
    private final Orders legacy = new LegacyOrders();
    private final Orders next = new NewOrders();
    private final Client flags = Flags.client();
    private final StickyBucket bucket = StickyBucket.salted("orders");
    private final LongAdder fromLegacy = new LongAdder();
    private final LongAdder fromNew = new LongAdder();
    private final LongAdder mismatches = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final CircuitBreaker breaker = CircuitBreaker.ofDefaults("orders");
    private final Experiment<@Nullable Order> experiment = new ExperimentBuilder<@Nullable Order>()
            .withName("orders")
            .withRegistry(new MetricRegistry())
            .build();
    private final ThreadPoolExecutor shadows = new ThreadPoolExecutor(
            2,
            2,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1_000),
            ReadsByHand::daemon,
            (task, pool) -> dropped.increment());
    private final Orders reflective = (Orders) Proxy.newProxyInstance(
            Orders.class.getClassLoader(), new Class<?>[] {Orders.class}, (proxy, method, arguments) -> {
                try {
                    return method.invoke(legacy, arguments);
                } catch (InvocationTargetException failure) {
                    throw failure.getTargetException();
                }
            });

    private volatile int newBasisPoints = 5_000;

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "shadow");
        thread.setDaemon(true);
        return thread;
    }

    @TearDown
    public void close() {
        shadows.shutdownNow();
    }

    @Benchmark
    public @Nullable Order direct(Caller caller) {
        return legacy.findById(caller.number());
    }

    /** A proxy that does nothing but call on by reflection. */
    @Benchmark
    public @Nullable Order jdkProxyByReflection(Caller caller) {
        return reflective.findById(caller.number());
    }

    /** A dial in a volatile field and a sticky bucket; counts nothing, guards nothing. */
    @Benchmark
    public @Nullable Order handWrittenRouter(Caller caller) {
        String number = caller.number();
        return bucket.of(number) < newBasisPoints ? next.findById(number) : legacy.findById(number);
    }

    /** The same with counters, and one read in a hundred read again and compared on another thread. */
    @Benchmark
    public @Nullable Order handWrittenShadowRead(Caller caller) {
        String number = caller.number();
        boolean isNew = bucket.of(number) < newBasisPoints;
        Order answer = isNew ? next.findById(number) : legacy.findById(number);
        (isNew ? fromNew : fromLegacy).increment();
        if (ThreadLocalRandom.current().nextInt(100) == 0) {
            shadows.execute(() -> compare(answer, (isNew ? legacy : next).findById(number)));
        }
        return answer;
    }

    private void compare(@Nullable Order answer, @Nullable Order other) {
        if (answer != null && !answer.equals(other)) {
            mismatches.increment();
        }
    }

    /** As in many a tutorial: a flag evaluated on every call, and the key's hash modulo 100. */
    @Benchmark
    public @Nullable Order textbook(Caller caller) {
        String number = caller.number();
        boolean isNew = Math.floorMod(number.hashCode(), 100) < flags.getIntegerValue(Flags.READ_NEW_PERCENT, 0);
        Order answer = isNew ? next.findById(number) : legacy.findById(number);
        if (flags.getBooleanValue(Flags.CHECKS_NEW, false)) {
            (isNew ? fromNew : fromLegacy).increment();
        }
        return answer;
    }

    /** Both sides read and compared on the caller's thread. */
    @Benchmark
    public @Nullable Order scientist4j(Caller caller) throws Exception {
        String number = caller.number();
        return experiment.run(() -> legacy.findById(number), () -> next.findById(number));
    }

    /** One store behind a circuit breaker. */
    @Benchmark
    public @Nullable Order resilience4j(Caller caller) {
        String number = caller.number();
        return breaker.executeSupplier(() -> legacy.findById(number));
    }
}
