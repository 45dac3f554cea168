package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.ledgerRows;
import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.orders.JdbiOrders;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.run.RunState;
import dev.crossfade.testing.Moves;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Repositories that do some of their work past the transaction that is open for them: found out at once, by name. */
abstract class StrayRepositoryContract extends FaultContract {
    private static final Set<String> NOTHING = Set.of();
    private static final Set<String> WRITES = Set.of("put", "putAll");
    private static final Set<String> PAGES = Set.of("findPage");
    private static final Set<String> FINDS = Set.of("findById", "findAllById");

    private final List<Migration> started = new ArrayList<>();

    private record Service(Database legacy, Migration migration, Orders orders) {
        String reasonOfParked() {
            await().atMost(Scene.PATIENCE)
                    .until(() -> migration.parkedKeys().list(9).size() == 1);
            return migration.parkedKeys().list(1).get(0).reason();
        }
    }

    @AfterEach
    void closeMigrations() {
        started.forEach(Migration::close);
    }

    private Service start(Set<String> strayOnLegacy, Set<String> strayOnNew, Stage stage) {
        Database legacy = Database.of("legacy", scene.legacy().dataSource());
        Database next = Database.of("next", scene.next().dataSource());
        Migration migration = Migration.of("orders")
                .between(legacy, next)
                .repository(
                        Orders.class,
                        r -> r.from(straying(strayOnLegacy, legacy, scene.legacy()))
                                .to(straying(strayOnNew, next, scene.next()))
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .findAll(Orders::findAllById)
                                .overwriteAll(Orders::putAll)
                                .deleteAll(Orders::deleteAllById)
                                .backfill(Orders::findPage))
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry())
                .relay(r -> r.maxAttempts(2).inlineWait(Duration.ZERO))
                .closeTimeout(Duration.ofMillis(200))
                .build()
                .start();
        started.add(migration);
        if (stage != Stage.LEGACY_ONLY) {
            Moves.move(migration, stage, OrdersMigration.ALICE);
        }
        return new Service(legacy, migration, migration.repository(Orders.class));
    }

    /** Works in the database's transactions, but for some methods that get a connection of their own. */
    private Orders straying(Set<String> methods, Database database, TestDatabase behind) {
        String product = isPostgres() ? "PostgreSQL" : "MariaDB";
        Orders here = new JdbiOrders(database.jdbi(), product);
        Orders elsewhere = new JdbiOrders(Jdbi.create(behind.dataSource()), product);
        return (Orders) Proxy.newProxyInstance(
                Orders.class.getClassLoader(), new Class<?>[] {Orders.class}, (self, method, arguments) -> {
                    try {
                        return method.invoke(methods.contains(method.getName()) ? elsewhere : here, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }

    @ParameterizedTest
    @EnumSource(names = {"LEGACY_ONLY", "LEGACY_PRIMARY"})
    void a_write_past_the_transaction_is_refused_by_name_in_every_stage(Stage stage) {
        Service service = start(WRITES, NOTHING, stage);

        assertThatThrownBy(() -> service.orders.put(order(1)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("orders")
                .hasMessageContaining("put(Order) ran no statement in the transaction on legacy")
                .hasMessageContaining("dataSource() or jdbi()");

        assertThat(ledgerRows(scene.legacy())).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"LEGACY_ONLY", "LEGACY_PRIMARY"})
    void a_write_past_the_transaction_rolls_it_back_whatever_else_ran_in_there_and_who_swallows_it(Stage stage) {
        Service service = start(WRITES, NOTHING, stage);

        assertThatThrownBy(() -> service.migration.inTransaction(() -> {
                    try (Connection connection = service.legacy.dataSource().getConnection();
                            Statement statement = connection.createStatement()) {
                        statement.executeUpdate("INSERT INTO orders VALUES (2, 'n2', 'open', 1)");
                    }
                    service.orders.deleteById(3);
                    assertThatThrownBy(() -> service.orders.put(order(1)))
                            .hasMessageContaining("put(Order) ran no statement in the transaction on legacy");
                }))
                .isInstanceOf(MigrationException.class);

        assertThat(rows(scene.legacy())).as("written past the transaction").containsExactly(order(1));
        assertThat(ledgerRows(scene.legacy())).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"LEGACY_ONLY", "LEGACY_PRIMARY"})
    void a_write_that_is_given_nothing_to_write_need_not_run_a_statement(Stage stage) {
        Service service = start(NOTHING, NOTHING, stage);

        assertThatCode(() -> {
                    service.orders.putAll(List.of());
                    service.orders.deleteAllById(List.of());
                    service.migration.inTransaction(() -> service.orders.putAll(List.of()));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void a_find_past_the_transaction_refreshes_nothing_and_its_key_waits_for_a_person() {
        Service service = start(FINDS, NOTHING, Stage.LEGACY_PRIMARY);

        service.orders.put(order(1));

        assertThat(service.reasonOfParked()).startsWith("find of Order ran no statement in the transaction on legacy");
        assertThat(rows(scene.next())).isEmpty();
        assertThat(service.migration.status().ledger().dirty()).isEqualTo(1);
    }

    @Test
    void an_overwrite_past_the_transaction_leaves_its_key_dirty_for_a_person() {
        Service service = start(NOTHING, WRITES, Stage.LEGACY_PRIMARY);

        service.orders.put(order(1));

        assertThat(service.reasonOfParked())
                .startsWith("overwrite of Order ran no statement in the transaction on next");
        assertThat(ledgerRows(scene.next())).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void a_page_past_the_transaction_verifies_nothing_and_ends_the_backfill(Side side) throws Exception {
        Service service = side == Side.LEGACY
                ? start(PAGES, NOTHING, Stage.LEGACY_PRIMARY)
                : start(NOTHING, PAGES, Stage.LEGACY_PRIMARY);

        BackfillStatus status = service.migration
                .backfill(Orders.class)
                .start(OrdersMigration.ALICE)
                .awaitEnd(Scene.PATIENCE);

        assertThat(status.state()).isEqualTo(RunState.FAILED);
        assertThat(status.reason())
                .contains("page by key of Order ran no statement in the transaction on "
                        + (side == Side.LEGACY ? "legacy" : "next"));
        assertThat(status.openRanges()).isPositive();
    }

    @Test
    void a_page_written_past_the_transaction_ends_the_backfill() throws Exception {
        Scene.execute(scene.legacy(), "INSERT INTO orders (id, number, status, steps) VALUES (1, 'n1', 'open', 1)");
        Service service = start(NOTHING, WRITES, Stage.LEGACY_PRIMARY);

        BackfillStatus status = service.migration
                .backfill(Orders.class)
                .start(OrdersMigration.ALICE)
                .awaitEnd(Scene.PATIENCE);

        assertThat(status.state()).isEqualTo(RunState.FAILED);
        assertThat(status.reason()).contains("overwrite of Order ran no statement in the transaction on next");
    }
}
