package dev.crossfade.jdbc.kill;

import dev.crossfade.jdbc.kill.OperationLog.Entry;
import dev.crossfade.jdbc.kill.OperationLog.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Stands in for the library: writes to one PostgreSQL and nowhere else. Arguments: url, user, password. */
public class DirectWorkload implements Workload {
    /** Keys and orders as the checker wants them. */
    static final String ROWS = "SELECT id AS item_key, op_order, writer, payload FROM item";

    /** With keys in the order of their bytes. */
    static final String CREATE = """
            CREATE TABLE item (
              id VARCHAR(20) COLLATE "C" PRIMARY KEY,
              op_order BIGINT NOT NULL,
              writer VARCHAR(40) NOT NULL,
              payload VARCHAR(40) NOT NULL
            )
            """;

    static final String CREATE_ON_MARIADB = CREATE.replace("\"C\"", "utf8mb4_nopad_bin");

    /** Half of all operations meet on the hot keys; a loss among the others is not soon written over. */
    private static final int HOT_KEYS = 10;

    private static final int KEYS = 5_000;
    private static final int MOST_KEYS_IN_A_TRANSACTION = 3;
    private static final int DELETES_IN_TEN = 3;

    private final Context context;
    private final Connection connection;

    public DirectWorkload(Context context) throws SQLException {
        this.context = context;
        List<String> arguments = context.arguments();
        this.connection = DriverManager.getConnection(arguments.get(0), arguments.get(1), arguments.get(2));
        connection.setAutoCommit(false);
    }

    @Override
    public void step(RandomGenerator random) throws Exception {
        List<Entry> entries = new ArrayList<>();
        for (String key : keys(random)) {
            if (random.nextInt(10) < DELETES_IN_TEN) {
                delete(key, entries);
            } else {
                write(key, random.nextInt(), entries);
            }
        }
        if (entries.isEmpty()) {
            connection.rollback();
        } else {
            finish(entries);
        }
    }

    /** In order, so that two children never wait for each other. */
    private static Iterable<String> keys(RandomGenerator random) {
        TreeSet<String> keys = new TreeSet<>();
        int count = random.nextInt(1, MOST_KEYS_IN_A_TRANSACTION + 1);
        while (keys.size() < count) {
            keys.add("item-" + random.nextInt(random.nextBoolean() ? HOT_KEYS : KEYS));
        }
        return keys;
    }

    /** Called with at least one entry. */
    void finish(List<Entry> entries) throws Exception {
        context.log().intend(entries);
        context.crashPoints().reached(CrashPoint.BEFORE_COMMIT);
        connection.commit();
        context.crashPoints().reached(CrashPoint.AFTER_PRIMARY_COMMIT);
        context.log().acknowledge(entries);
    }

    private void write(String key, int payload, List<Entry> entries) throws SQLException {
        OptionalLong locked = lock(key);
        while (locked.isEmpty()) {
            insertUnlessThere(key);
            locked = lock(key);
        }
        long order = orderAfter(locked.getAsLong());
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE item SET op_order = ?, writer = ?, payload = ? WHERE id = ?")) {
            update.setLong(1, order);
            update.setString(2, context.writer());
            update.setString(3, "payload " + payload);
            update.setString(4, key);
            update.executeUpdate();
        }
        entries.add(new Entry(Kind.WRITE, order, key));
    }

    private void delete(String key, List<Entry> entries) throws SQLException {
        OptionalLong locked = lock(key);
        if (locked.isEmpty()) {
            return;
        }
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM item WHERE id = ?")) {
            delete.setString(1, key);
            delete.executeUpdate();
        }
        entries.add(new Entry(Kind.DELETE, orderAfter(locked.getAsLong()), key));
    }

    private void insertUnlessThere(String key) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO item VALUES (?, 0, '', '') ON CONFLICT DO NOTHING")) {
            insert.setString(1, key);
            insert.executeUpdate();
        }
    }

    private OptionalLong lock(String key) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT op_order FROM item WHERE id = ? FOR UPDATE")) {
            select.setString(1, key);
            try (ResultSet result = select.executeQuery()) {
                return result.next() ? OptionalLong.of(result.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /**
     * Rises over all processes of the machine, which share this clock, and over deletes, which leave no row to count on:
     * whoever calls has locked the key.
     */
    private static long orderAfter(long previous) {
        return Math.max(previous + 1, System.nanoTime());
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    Context context() {
        return context;
    }

    Connection connection() {
        return connection;
    }
}
