package dev.crossfade.samples.benchmarks.jdbc;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.ThreadLocalContextTransactionManager;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** What one would write or take instead: each writes an order, and most of them also note that it has to cross. */
final class Rivals {
    static final String[] TABLES = {
        "CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL,"
                + " created_at timestamptz NOT NULL DEFAULT now())",
        """
        CREATE TABLE scheduled_tasks (
            task_name text NOT NULL,
            task_instance text NOT NULL,
            task_data bytea,
            execution_time timestamptz NOT NULL,
            picked boolean NOT NULL,
            picked_by text,
            last_success timestamptz,
            last_failure timestamptz,
            consecutive_failures int,
            last_heartbeat timestamptz,
            version bigint NOT NULL,
            priority smallint,
            PRIMARY KEY (task_name, task_instance))
        """,
        "CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time)",
        "CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)"
    };

    static final String EMPTY = "TRUNCATE outbox, scheduled_tasks, txno_outbox";

    private static final int THREADS = 20;
    private static final int BATCH = 100;

    private final HikariDataSource legacy;
    private final HikariDataSource next;
    private final AtomicLong ids;
    private final ThreadLocalContextTransactionManager gruelboxTransactions;
    private final TransactionOutbox gruelbox;
    private final Transactions.ThreadDataSource lent;
    private final Scheduler dbScheduler;

    /** @param ids gives every order an id of its own */
    Rivals(HikariDataSource legacy, HikariDataSource next, AtomicLong ids) {
        this.legacy = legacy;
        this.next = next;
        this.ids = ids;
        this.gruelboxTransactions = TransactionManager.fromDataSource(legacy);
        this.gruelbox = TransactionOutbox.builder()
                .transactionManager(gruelboxTransactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(Instantiator.using(type -> new Crossing()))
                .submitter((entry, work) -> {})
                .build();
        this.lent = new Transactions.ThreadDataSource(legacy);
        this.dbScheduler = Scheduler.create(lent.dataSource(), task(() -> {})).build();
    }

    /** What the outbox would do. */
    public static class Crossing {
        public void cross(long orderId) {}
    }

    private static OneTimeTask<Void> task(Runnable work) {
        return Tasks.oneTime("cross").execute((instance, context) -> work.run());
    }

    void single() throws Exception {
        Order order = order();
        Transactions.run(legacy, connection -> SqlOrders.insert(connection, order));
    }

    void dualWrite() throws Exception {
        Order order = order();
        Transactions.run(legacy, connection -> SqlOrders.insert(connection, order));
        Transactions.run(next, connection -> SqlOrders.insert(connection, order));
    }

    void outboxRow() throws Exception {
        Order order = order();
        Transactions.run(legacy, connection -> {
            SqlOrders.insert(connection, order);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO outbox (order_id) VALUES (?)")) {
                insert.setLong(1, order.id());
                insert.executeUpdate();
            }
        });
    }

    void gruelboxSchedule() throws Exception {
        Order order = order();
        gruelboxTransactions.inTransactionThrows(transaction -> {
            SqlOrders.insert(transaction.connection(), order);
            gruelbox.schedule(Crossing.class).cross(order.id());
        });
    }

    void dbSchedulerSchedule() throws Exception {
        Order order = order();
        Transactions.run(legacy, connection -> {
            SqlOrders.insert(connection, order);
            lent.lend(
                    connection,
                    () -> dbScheduler.schedule(new TaskInstance<>("cross", Long.toString(order.id())), Instant.now()));
        });
    }

    private Order order() {
        return Order.numbered(ids.incrementAndGet());
    }

    /** Tasks per second that db-scheduler takes from its table, with a handler that does nothing. */
    static double dbSchedulerDrain(DataSource pool, int tasks) throws Exception {
        CountDownLatch left = new CountDownLatch(tasks);
        Scheduler scheduler = Scheduler.create(pool, task(left::countDown))
                .threads(THREADS)
                .pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(Duration.ofMillis(100))
                .build();
        List<TaskInstance<?>> batch = new ArrayList<>();
        for (int id = 0; id < tasks; id++) {
            batch.add(new TaskInstance<>("cross", Integer.toString(id)));
            if (batch.size() == 1_000 || id == tasks - 1) {
                scheduler.scheduleBatch(batch, Instant.now());
                batch.clear();
            }
        }
        long begin = System.nanoTime();
        scheduler.start();
        left.await();
        double rate = tasks * 1e9 / (System.nanoTime() - begin);
        scheduler.stop();
        return rate;
    }

    /** Rows per second that two threads take from a plain outbox table in batches, and do nothing with. */
    static double pollerDrain(DataSource pool, int rows) throws Exception {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO outbox (order_id) SELECT g FROM generate_series(1, ?) g")) {
            insert.setInt(1, rows);
            insert.executeUpdate();
        }
        long begin = System.nanoTime();
        Thread other = new Thread(() -> pollUntilEmpty(pool));
        other.start();
        pollUntilEmpty(pool);
        other.join();
        return rows * 1e9 / (System.nanoTime() - begin);
    }

    private static void pollUntilEmpty(DataSource pool) {
        try {
            int[] taken = {1};
            while (taken[0] > 0) {
                Transactions.run(pool, connection -> taken[0] = poll(connection));
            }
        } catch (Exception failure) {
            throw new IllegalStateException("the poller failed", failure);
        }
    }

    private static int poll(Connection connection) throws SQLException {
        String sql = """
                DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED)
                RETURNING order_id
                """;
        int taken = 0;
        try (PreparedStatement take = connection.prepareStatement(sql)) {
            take.setInt(1, BATCH);
            try (ResultSet row = take.executeQuery()) {
                while (row.next()) {
                    taken++;
                }
            }
        }
        return taken;
    }
}
