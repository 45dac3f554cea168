package dev.crossfade.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CopyRun;
import dev.crossfade.Migration;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.Operator;
import dev.crossfade.Store;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A migration of orders between two fake stores, at the stage that a test asks for. */
public final class Rig implements AutoCloseable {
    public static final Operator ALICE = Operator.of("alice", "test");

    public final FakeOrders legacy = new FakeOrders(1);
    public final FakeOrders next = new FakeOrders(1_000);
    public final ManualControl control = ManualControl.create();
    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    public final List<MigrationEvent> events = new CopyOnWriteArrayList<>();
    public final Migration migration;
    public final Orders orders;

    private Rig(Consumer<MigrationBuilder> more) {
        MigrationBuilder builder = Migration.of("orders")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Orders.class,
                        r -> r.from(legacy)
                                .to(next)
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .backfill(
                                        (side, after, upTo, max) -> ((FakeOrders) side).page(after, upTo, max),
                                        side -> ((FakeOrders) side).rows.size()))
                .control(control)
                .requireNoReconciliation()
                .meters(meters)
                .listener(events::add)
                .closeTimeout(Duration.ofMillis(500))
                .startingAt(Stage.LEGACY_ONLY);
        more.accept(builder);
        migration = builder.build();
        orders = migration.repository(Orders.class);
    }

    /** A migration that is built and not started. */
    public static Rig built(Consumer<MigrationBuilder> more) {
        return new Rig(more);
    }

    /** A migration that went from {@code LEGACY_ONLY} to this stage. */
    public static Rig at(Stage stage) {
        return at(stage, builder -> {});
    }

    /** A migration with further settings that went from {@code LEGACY_ONLY} to this stage. */
    public static Rig at(Stage stage, Consumer<MigrationBuilder> more) {
        Rig rig = new Rig(more);
        rig.migration.start();
        rig.walkTo(stage);
        return rig;
    }

    /** Moves forward to the stage, copying on the way. */
    public void walkTo(Stage stage) {
        for (Stage following : EnumSet.range(Stage.LEGACY_PRIMARY, Stage.NEW_ONLY)) {
            if (following.compareTo(stage) > 0) {
                return;
            }
            if (following.compareTo(migration.status().stage()) <= 0) {
                continue;
            }
            if (following == Stage.NEW_PRIMARY) {
                copyAll();
            }
            assertThat(migration
                            .moveTo(following, ALICE.approvingPointOfNoReturn())
                            .moved())
                    .isTrue();
        }
    }

    /** From now on the service writes one order again and again whenever a page of the legacy store is read. */
    public void writeWithEveryPage() {
        legacy.beforeRead = operation -> {
            if (operation.equals("page")) {
                for (int i = 0; i < 30; i++) {
                    orders.put(new Order(1L, 7, "open", null));
                }
            }
        };
    }

    /** Copies every key of both sides. */
    public void copyAll() {
        try {
            CopyRun copy = migration.copy(Orders.class);
            TreeSet<Long> keys = new TreeSet<>(legacy.rows.keySet());
            keys.addAll(next.rows.keySet());
            copy.mark(keys);
            assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Waits until nothing is dirty. */
    public void awaitClean() {
        await().untilAsserted(
                        () -> assertThat(migration.status().ledger().dirty()).isZero());
    }

    /** Whether something comes that must not come yet; it is given a moment. */
    public static boolean comesSoon(CountDownLatch latch) {
        try {
            return latch.await(300, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** The events of this kind, in order. */
    public <E extends MigrationEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void close() {
        migration.close();
    }
}
