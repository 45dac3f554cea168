package dev.crossfade.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.proxy.FaultProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The databases of a scenario, the instances at work on them, and the check that ends it. */
final class Scene implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    final TestDatabases databases;
    private final List<Instance> instances = new ArrayList<>();
    private final List<FaultProxy> proxies = new ArrayList<>();

    Scene(Pair pair) {
        databases = pair.open();
        OrdersMigration.createTables(databases);
    }

    TestDatabase legacy() {
        return databases.legacy();
    }

    TestDatabase next() {
        return databases.next();
    }

    Instance.Setup setup() {
        return new Instance.Setup(databases);
    }

    Instance start(Instance.Setup setup) {
        Instance instance = new Instance(databases, setup);
        instances.add(instance);
        return instance;
    }

    /** An instance whose writes go to legacy and are refreshed to new. */
    Instance startDual() {
        return startDual(setup());
    }

    Instance startDual(Instance.Setup setup) {
        return start(setup).moveTo(Stage.LEGACY_PRIMARY);
    }

    /** Declares that there were no old rows to copy, so that the primary may move. */
    static void declareCopied(Instance instance) {
        try {
            assertThat(instance.service.migration.copy(Orders.class).complete(OrdersMigration.ALICE, PATIENCE))
                    .isEmpty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    FaultProxy proxyBefore(TestDatabase database) {
        FaultProxy proxy = FaultProxy.before(database);
        proxies.add(proxy);
        return proxy;
    }

    /** One statement on a session of its own. */
    static void execute(TestDatabase database, String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The first column of the first row. */
    static long number(TestDatabase database, String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static long ledgerRows(TestDatabase database) {
        return number(database, "SELECT count(*) FROM crossfade_ledger");
    }

    /** The orders as the database holds them, by a session of its own. */
    static List<Order> rows(TestDatabase database) {
        List<Order> rows = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, number, status, steps FROM orders ORDER BY id")) {
            while (row.next()) {
                rows.add(new Order(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4)));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return rows;
    }

    private static long primaries(TestDatabase database) {
        return number(database, "SELECT count(*) FROM crossfade_fence WHERE stripe = 0 AND role = 'PRIMARY'");
    }

    private static long dirty(TestDatabase database) {
        return number(database, "SELECT count(*) FROM crossfade_ledger WHERE pending_since IS NOT NULL");
    }

    /** Nothing is dirty on the side that is primary. */
    boolean isClean() {
        boolean isLegacy = primaries(legacy()) == 1;
        assertThat(isLegacy && primaries(next()) == 1).as("two primaries").isFalse();
        return isLegacy ? dirty(legacy()) == 0 : primaries(next()) == 1 && dirty(next()) == 0;
    }

    void awaitClean() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(this::isClean);
    }

    /** Heals everything and waits until nothing is dirty: both tables are equal then, and hold exactly these orders. */
    void endsWith(Order... expected) {
        assertThat(end()).containsExactly(expected);
    }

    /** As {@link #endsWith}; the orders that both tables hold. */
    List<Order> end() {
        instances.forEach(instance -> {
            instance.onLegacy.clear();
            instance.onNew.clear();
        });
        proxies.forEach(FaultProxy::heal);
        awaitClean();
        List<Order> primary = rows(legacy());
        assertThat(rows(next())).isEqualTo(primary);
        instances.forEach(Instance::close);
        instances.forEach(Instance::requireNoConnectionLeaked);
        return primary;
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::heal);
        instances.forEach(Instance::close);
        proxies.forEach(FaultProxy::close);
        databases.close();
    }
}
