package dev.crossfade.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CallScope;
import dev.crossfade.Migration;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.ComparisonRules;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationEvent.Compared;
import dev.crossfade.routing.StickyBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.awaitility.core.ThrowingRunnable;

/** A migration of a catalog under hand-driven time, in a stage of the test's choice, with everything it tells. */
public final class ReadFixture implements AutoCloseable {
    public static final Operator ALICE = Operator.of("alice", "test");
    public static final String NAME = "catalog";

    public final FakeCatalog legacy = new FakeCatalog();
    public final FakeCatalog next = new FakeCatalog();
    public final ManualControl control = ManualControl.create();
    public final ManualPlatform platform = new ManualPlatform();
    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    public final List<MigrationEvent> events = new CopyOnWriteArrayList<>();
    public final Migration migration;
    public final Catalog catalog;

    /** Opened at the end, so that nothing hangs longer than its test. */
    public final CountDownLatch hang = new CountDownLatch(1);

    private final BlockingQueue<Comparison> compared = new LinkedBlockingQueue<>();

    private ReadFixture(Consumer<MigrationBuilder> options, Consumer<ComparisonRules.Builder> rules) {
        MigrationBuilder builder = Migration.of(NAME)
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Catalog.class,
                        r -> r.from(legacy)
                                .to(next)
                                .key(Order.class, Order::id)
                                .overwrite(Catalog::put)
                                .compare(rules))
                .control(control)
                .startingAt(Stage.LEGACY_ONLY)
                .meters(meters)
                .platform(platform)
                .listener(events::add)
                .listener(event -> {
                    if (event instanceof Compared outcome) {
                        compared.add(outcome.outcome());
                    }
                });
        options.accept(builder);
        migration = builder.build();
        catalog = migration.repository(Catalog.class);
        LongStream.rangeClosed(1, 9).forEach(id -> legacy.rows.put(id, order(id)));
    }

    public static Order order(long id) {
        return new Order(id, id % 3, "new", null);
    }

    /** In {@code LEGACY_PRIMARY} with nothing copied yet. */
    public static ReadFixture notCopied(Consumer<MigrationBuilder> options) {
        return new ReadFixture(options, rules -> {}).begin();
    }

    private ReadFixture begin() {
        migration.start();
        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, ALICE).moved()).isTrue();
        return this;
    }

    /** In {@code LEGACY_PRIMARY} with nine equal rows on both sides. */
    public static ReadFixture legacyPrimary(Consumer<MigrationBuilder> options) {
        return notCopied(options).copied();
    }

    /** {@link #legacyPrimary} under these rules of comparison. */
    public static ReadFixture comparing(Consumer<ComparisonRules.Builder> rules) {
        return new ReadFixture(defaults(), rules).begin().copied();
    }

    private ReadFixture copied() {
        copy();
        forget();
        return this;
    }

    /** In {@code NEW_PRIMARY} with nine equal rows on both sides. */
    public static ReadFixture newPrimary(Consumer<MigrationBuilder> options) {
        ReadFixture fixture = legacyPrimary(options);
        assertThat(fixture.migration.moveTo(Stage.NEW_PRIMARY, ALICE).moved()).isTrue();
        fixture.forget();
        return fixture;
    }

    public static ReadFixture in(Stage stage, Consumer<MigrationBuilder> options) {
        return stage == Stage.NEW_PRIMARY ? newPrimary(options) : legacyPrimary(options);
    }

    public static Consumer<MigrationBuilder> defaults() {
        return builder -> {};
    }

    /** Copies all rows of legacy. */
    public void copy() {
        try {
            var run = migration.copy(Catalog.class);
            run.mark(new ArrayList<>(legacy.rows.keySet()));
            eventually(() -> assertThat(migration.status().ledger().dirty())
                    .isEqualTo(migration.status().ledger().parked()));
            assertThat(run.complete(ALICE, Patience.LIMIT)).isEmpty();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Counts reads from here on. */
    public void forget() {
        legacy.reads.set(0);
        next.reads.set(0);
        events.clear();
        compared.clear();
    }

    public FakeCatalog on(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    /** Runs calls under a scope. */
    @SuppressWarnings("try") // The scope is there to be open, not to be used.
    public static void as(CallScope scope, Runnable calls) {
        try (var open = scope.open()) {
            calls.run();
        }
    }

    /** The next outcome of a shadow read. */
    public Comparison outcome() {
        try {
            Comparison outcome = compared.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (outcome == null) {
                throw new AssertionError("no shadow read came to an outcome within " + Patience.LIMIT);
            }
            return outcome;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    public boolean hasNoOutcome() {
        return compared.isEmpty();
    }

    public <E extends MigrationEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The value of a counter, 0 if there is none. */
    public double count(String name, String... tags) {
        return meters.find(name).tags(tags).functionCounters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** A script that hangs until the test ends or the thread is interrupted. */
    public FakeCatalog.Script hanging() {
        return (operation, normal) -> {
            hang.await();
            return normal.get();
        };
    }

    /** Whether the dial gives this key to the new side. */
    public static boolean isNew(long id, double percent) {
        return StickyBucket.salted(NAME).of(id) < percent * 100;
    }

    public static void eventually(ThrowingRunnable assertion) {
        await().pollInSameThread().pollInterval(Duration.ofMillis(2)).untilAsserted(assertion);
    }

    /** Moves time on, step by step, until the assertion holds. */
    public void eventuallyInTime(Duration step, ThrowingRunnable assertion) {
        eventually(() -> {
            platform.advance(step);
            assertion.run();
        });
    }

    @Override
    public void close() {
        hang.countDown();
        legacy.heal();
        next.heal();
        Thread closing = new Thread(migration::close, "test-close");
        closing.start();
        try {
            while (closing.isAlive()) {
                platform.advance(Duration.ofMillis(500));
                closing.join(5);
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
