package dev.crossfade.samples.benchmarks.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.Migration;
import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.RelayOptions;
import dev.crossfade.Side;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.samples.benchmarks.jdbc.Server.Commits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** One instance of a service whose orders migrate. */
final class Service implements AutoCloseable {
    static final Operator OPERATOR = Operator.of("benchmark", "measuring").confirmingOnlyWriter();

    /** Room for everything that is written while the relay is held. */
    private static final int LEDGER_CAPACITY = 1_000_000;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String name;
    private final HikariDataSource legacyPool;
    private final HikariDataSource newPool;
    private final Gate gate = new Gate();
    private final Migration migration;
    private final Orders orders;

    /**
     * @param name of the migration; one that exists goes on where it stands
     * @param relay sets the relay's options
     */
    Service(String name, HikariDataSource legacyPool, HikariDataSource newPool, Consumer<RelayOptions> relay) {
        this(name, legacyPool, newPool, newPool, orders -> {}, relay);
    }

    /**
     * @param newConnections of the new pool, with something added
     * @param written        told what the relay writes
     */
    Service(
            String name,
            HikariDataSource legacyPool,
            HikariDataSource newPool,
            DataSource newConnections,
            Consumer<Collection<Order>> written,
            Consumer<RelayOptions> relay) {
        this.name = name;
        this.legacyPool = legacyPool;
        this.newPool = newPool;
        Database legacy = Database.of("legacy", legacyPool);
        Database next = Database.of("new", newConnections);
        this.migration = Migration.of(name)
                .between(legacy, next)
                .repository(
                        Orders.class,
                        r -> r.from(new SqlOrders(legacy.dataSource()))
                                .to(new GatedOrders(next.dataSource(), gate, written))
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .findAll(Orders::findAllById)
                                .overwriteAll(Orders::putAll)
                                .deleteAll(Orders::deleteAllById))
                .control(ManualControl.create())
                .relay(relay)
                .ledgerCapacity(LEDGER_CAPACITY)
                .build()
                .start();
        this.orders = migration.repository(Orders.class);
    }

    static Service of(String name, Server server, Commits commits, Consumer<RelayOptions> relay) {
        return new Service(name, server.pool(Server.LEGACY, commits), server.pool(Server.NEW, commits), relay);
    }

    Orders orders() {
        return orders;
    }

    Migration migration() {
        return migration;
    }

    MoveResult.Moved moveTo(Stage stage) throws InterruptedException {
        return move(migration, stage);
    }

    /** Moves to the stage, however many attempts that takes. */
    static MoveResult.Moved move(Migration migration, Stage stage) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            MoveResult result = migration.moveTo(stage, OPERATOR);
            if (result instanceof MoveResult.Moved moved) {
                return moved;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("could not move to " + stage + ": " + result);
            }
            Thread.sleep(20);
        }
    }

    /** Declares that the new side holds everything, which is so if nothing was written before the dual write. */
    Service copied() throws InterruptedException {
        List<String> open = migration.copy(Orders.class).complete(OPERATOR, LIMIT);
        if (!open.isEmpty()) {
            throw new IllegalStateException("the copy is not complete: " + open);
        }
        return this;
    }

    /** From now on the relay writes nothing: what it has begun waits on the new side. */
    void holdRelay() {
        gate.close();
    }

    void releaseRelay() {
        gate.open();
    }

    /** Waits until no key of the primary is dirty, by the ledger in its database. */
    void awaitClean() throws SQLException, InterruptedException {
        HikariDataSource pool = migration.status().primary() == Side.LEGACY ? legacyPool : newPool;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (isDirty(pool)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("still dirty: " + migration.status());
            }
            Thread.sleep(5);
        }
    }

    private boolean isDirty(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT 1 FROM crossfade_ledger"
                        + " WHERE migration = ? AND side = ? AND pending_since IS NOT NULL LIMIT 1")) {
            select.setString(1, name);
            select.setString(2, pool == legacyPool ? "L" : "N");
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    @Override
    public void close() {
        gate.open();
        migration.close();
        legacyPool.close();
        newPool.close();
    }

    /** Keeps the relay, which alone calls the bulk operations of the new side, from writing. */
    private static final class Gate {
        /** Guarded by {@code this}. */
        private boolean closed;

        synchronized void close() {
            closed = true;
        }

        synchronized void open() {
            closed = false;
            notifyAll();
        }

        synchronized void pass() {
            try {
                while (closed) {
                    wait();
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class GatedOrders extends SqlOrders {
        private final Gate gate;
        private final Consumer<Collection<Order>> written;

        GatedOrders(DataSource dataSource, Gate gate, Consumer<Collection<Order>> written) {
            super(dataSource);
            this.gate = gate;
            this.written = written;
        }

        @Override
        public void putAll(Collection<Order> orders) {
            gate.pass();
            written.accept(orders);
            super.putAll(orders);
        }
    }
}
