package dev.crossfade.reads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Migration;
import dev.crossfade.Operator;
import dev.crossfade.Store;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.Catalog;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.FakeCatalog.Script;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.ReadFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real threads and real time: whatever the secondary does, results and exceptions are those of an unwrapped run. */
class ReadsUnderLoadTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS = 400;

    static Stream<Named<Script>> badSecondaries() {
        return Stream.of(
                Named.of("slow", (operation, normal) -> {
                    // Longer than a caller may be late to see that its deadline is over; it is interrupted sooner.
                    new java.util.concurrent.CountDownLatch(1).await(2, java.util.concurrent.TimeUnit.SECONDS);
                    return normal.get();
                }),
                Named.of("dead", FakeCatalog.failing(() -> new SQLTransientConnectionException("simulated"))),
                Named.of("throwing Error", FakeCatalog.failing(() -> new NoClassDefFoundError("simulated"))),
                // Null for an entity would be an answer: there is no such row.
                Named.of("garbage", (operation, normal) -> operation.equals("getById") ? "garbage" : null),
                Named.of("another class", FakeCatalog.answering("garbage")));
    }

    @ParameterizedTest
    @MethodSource("badSecondaries")
    void a_bad_secondary_changes_no_result_and_no_exception(Script bad) {
        FakeCatalog unwrapped = filled();
        FakeCatalog legacy = filled();
        FakeCatalog next = filled();
        ManualControl control = ManualControl.create();
        try (Migration migration = migration(legacy, next, control)) {
            next.onRead = bad;
            next.onWrite = bad;
            control.readNewPercent(60).shadowPercent(30);
            List<List<String>> expected = run(unwrapped);
            List<List<String>> actual = run(migration.repository(Catalog.class));
            assertThat(actual).isEqualTo(expected);
            assertThat(legacy.rows).isEqualTo(unwrapped.rows);
            next.heal();
        }
    }

    @Test
    void flags_that_flap_change_no_answer_and_make_no_threads_or_meters() {
        FakeCatalog legacy = filled();
        ManualControl control = ManualControl.create();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Migration migration =
                builder(legacy, filled(), control).meters(meters).build()) {
            begin(migration, legacy);
            Catalog catalog = migration.repository(Catalog.class);
            int registered = meters.getMeters().size();
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger flipped = new AtomicInteger();
            CompletableFuture<Void> flapping = CompletableFuture.runAsync(() -> {
                while (!done.get()) {
                    int flips = flipped.getAndIncrement();
                    control.readNewPercent(flips % 2 * 100)
                            .shadowPercent(flips % 3 * 50)
                            .readsToPrimary(flips % 5 == 0);
                }
            });
            List<CompletableFuture<Void>> readers = IntStream.range(0, 2)
                    .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                        for (long i = 0; i < 20_000 || flipped.get() <= 10; i++) {
                            long id = 1 + i % 50;
                            assertThat(catalog.findById(id)).contains(ReadFixture.order(id));
                        }
                    }))
                    .toList();
            readers.forEach(CompletableFuture::join);
            done.set(true);
            flapping.join();
            assertThat(meters.getMeters()).hasSize(registered);
            assertThat(migration.status().shadowReads().mismatched()).isZero();
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("crossfade-loaded"))
                    .as("2 relay, 2 shadow, 8 read, 1 clock, 1 for wishes")
                    .hasSizeLessThanOrEqualTo(14);
        }
    }

    private static FakeCatalog filled() {
        FakeCatalog store = new FakeCatalog();
        for (long id = 1; id <= 50; id++) {
            store.rows.put(id, ReadFixture.order(id));
        }
        store.onRead = (operation, normal) -> {
            if (operation.equals("getById")) {
                throw new IllegalStateException("of the primary");
            }
            return normal.get();
        };
        return store;
    }

    private static dev.crossfade.MigrationBuilder builder(FakeCatalog legacy, FakeCatalog next, ManualControl control) {
        return Migration.of("loaded")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Catalog.class,
                        r -> r.from(legacy).to(next).key(Order.class, Order::id).overwrite(Catalog::put))
                .control(control)
                .startingAt(Stage.LEGACY_ONLY)
                .meters(new SimpleMeterRegistry())
                .closeTimeout(Duration.ofMillis(200))
                .reads(reads -> reads.deadline(Duration.ofMillis(5)))
                .relay(relay -> relay.inlineWait(Duration.ofMillis(1)));
    }

    private static Migration migration(FakeCatalog legacy, FakeCatalog next, ManualControl control) {
        Migration migration = builder(legacy, next, control).build();
        begin(migration, legacy);
        return migration;
    }

    private static void begin(Migration migration, FakeCatalog legacy) {
        Operator alice = Operator.of("alice", "test");
        migration.start();
        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, alice).moved()).isTrue();
        try {
            var copy = migration.copy(Catalog.class);
            copy.mark(legacy.rows.keySet());
            assertThat(copy.complete(alice, Patience.LIMIT)).isEmpty();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Every thread keeps to keys of its own, so that its results do not depend on the others. */
    private static List<List<String>> run(Catalog catalog) {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            return IntStream.range(0, THREADS)
                    .mapToObj(thread -> CompletableFuture.supplyAsync(() -> operations(catalog, thread), executor))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        } finally {
            executor.shutdown();
        }
    }

    private static List<String> operations(Catalog catalog, int thread) {
        Random random = new Random(4711 + thread);
        List<String> results = new ArrayList<>();
        for (int i = 0; i < OPERATIONS; i++) {
            long id = 1 + thread + THREADS * (long) random.nextInt(15);
            try {
                results.add(String.valueOf(operation(catalog, random.nextInt(10), id, i)));
            } catch (RuntimeException failure) {
                results.add(failure.toString());
            }
        }
        return results;
    }

    private static Object operation(Catalog catalog, int choice, long id, int i) {
        return switch (choice) {
            case 0 -> catalog.changeStatus(id, "status-" + i);
            case 1 -> {
                catalog.put(new Order(id, 1, "put-" + i, null));
                yield "put";
            }
            case 2 -> {
                catalog.deleteById(id);
                yield "deleted";
            }
            case 3 -> catalog.existsById(id);
            case 4 -> catalog.findAllById(List.of(id));
            case 5 -> catalog.loadById(id).toCompletableFuture().join();
            case 6 -> String.valueOf(catalog.getById(id));
            default -> catalog.findById(id);
        };
    }
}
