package dev.crossfade.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** One instance of the service, with pools of its own and a test's points on them. */
final class Instance implements AutoCloseable {
    /** How an instance differs from others. */
    static final class Setup {
        private UnaryOperator<MigrationBuilder> change = UnaryOperator.identity();
        private int legacyPool = 8;
        private int newPool = 8;
        private String legacyUrl;
        private String newUrl;
        private boolean tableCopy;

        Setup(TestDatabases databases) {
            this.legacyUrl = databases.legacy().url();
            this.newUrl = databases.next().url();
        }

        Setup change(UnaryOperator<MigrationBuilder> wanted) {
            change = wanted;
            return this;
        }

        Setup newPool(int size) {
            newPool = size;
            return this;
        }

        Setup legacyPool(int size) {
            legacyPool = size;
            return this;
        }

        Setup legacyUrl(String url) {
            legacyUrl = url;
            return this;
        }

        Setup newUrl(String url) {
            newUrl = url;
            return this;
        }

        /** Old rows cross from table to table. */
        Setup tableCopy() {
            tableCopy = true;
            return this;
        }
    }

    final Points onLegacy = new Points();
    final Points onNew = new Points();
    final OrdersMigration service;
    final Orders orders;
    private final List<HikariDataSource> pools;
    private boolean killed;

    Instance(TestDatabases databases, Setup setup) {
        HikariDataSource legacy = pool(databases.legacy(), setup.legacyUrl, setup.legacyPool);
        HikariDataSource next = pool(databases.next(), setup.newUrl, setup.newPool);
        this.pools = List.of(legacy, next);
        UnaryOperator<MigrationBuilder> change =
                builder -> setup.change.apply(builder.closeTimeout(Duration.ofSeconds(2)));
        this.service = setup.tableCopy
                ? OrdersMigration.withTableCopy(
                        databases.legacy(), onLegacy.over(legacy), databases.next(), onNew.over(next), change)
                : new OrdersMigration(
                        databases.legacy(), onLegacy.over(legacy), databases.next(), onNew.over(next), change);
        this.orders = service.orders;
        service.start();
    }

    private static HikariDataSource pool(TestDatabase database, String url, int size) {
        return database.openPool(url, size);
    }

    Instance moveTo(Stage stage) {
        Moves.move(service.migration, stage, OrdersMigration.ALICE.approvingPointOfNoReturn());
        return this;
    }

    Stage stage() {
        return service.migration.status().stage();
    }

    /** From now on, who wants a connection to the new store waits no longer than this. */
    void impatientForNew(Duration patience) {
        pools.get(1).setConnectionTimeout(patience.toMillis());
    }

    /** From now on, who wants a connection to the legacy store waits as long as this. */
    void patientForLegacy(Duration patience) {
        pools.get(0).setConnectionTimeout(patience.toMillis());
    }

    /** How many threads of this JVM bear such a name; of one instance, if it is the only one. */
    static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(name))
                .count();
    }

    /** Halted at once: no thread of it does anything any more, and its sessions are gone. */
    void kill() {
        killed = true;
        onLegacy.die();
        onNew.die();
    }

    /** Closed as a service closes: nothing may be left of it. */
    @Override
    public void close() {
        service.close();
    }

    void requireNoConnectionLeaked() {
        if (!killed) {
            // A thread that closing has not waited for gives its connection back when it ends.
            pools.forEach(pool -> await().atMost(Scene.PATIENCE)
                    .untilAsserted(() -> assertThat(pool.getHikariPoolMXBean().getActiveConnections())
                            .as("connections in use of " + pool.getPoolName())
                            .isZero()));
        }
    }
}
