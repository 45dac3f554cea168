package dev.crossfade.jdbc.kill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Items by plain JDBC, as a service would write them, in PostgreSQL or MariaDB. */
final class JdbcItems implements Items {
    private final DataSource dataSource;

    JdbcItems(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @FunctionalInterface
    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T with(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            return work.run(connection);
        } catch (SQLException failure) {
            throw new ItemsFailed(failure);
        }
    }

    /** A database has refused. */
    static final class ItemsFailed extends RuntimeException {
        ItemsFailed(SQLException cause) {
            super(cause);
        }

        /** Whether it has rolled the transaction back in favour of another one. */
        boolean gaveWay() {
            return getCause() instanceof SQLTransactionRollbackException
                    || (getCause() instanceof SQLException sql && "40001".equals(sql.getSQLState()));
        }
    }

    @Override
    public Optional<Item> findById(String id) {
        return findAllById(List.of(id)).stream().findFirst();
    }

    @Override
    public List<Item> findAllById(Collection<String> ids) {
        return with(connection -> {
            List<Item> found = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT id, op_order, writer, payload FROM item WHERE id IN (" + places(ids) + ")")) {
                bind(select, ids);
                read(select, found);
            }
            return found;
        });
    }

    @Override
    public List<Item> findPage(@Nullable String after, @Nullable String upTo, int max) {
        return with(connection -> {
            List<Item> found = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("""
                    SELECT id, op_order, writer, payload FROM item
                     WHERE (CAST(? AS CHAR(20)) IS NULL OR id > ?) AND (CAST(? AS CHAR(20)) IS NULL OR id <= ?)
                     ORDER BY id LIMIT ?
                    """)) {
                select.setString(1, after);
                select.setString(2, after);
                select.setString(3, upTo);
                select.setString(4, upTo);
                select.setInt(5, max);
                read(select, found);
            }
            return found;
        });
    }

    private static boolean isMariaDb(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("MariaDB");
    }

    private static String places(Collection<String> ids) {
        return String.join(", ", Collections.nCopies(ids.size(), "?"));
    }

    private static void bind(PreparedStatement statement, Collection<String> ids) throws SQLException {
        int index = 1;
        for (String id : ids) {
            statement.setString(index++, id);
        }
    }

    private static void read(PreparedStatement select, List<Item> found) throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new Item(rows.getString(1), rows.getLong(2), rows.getString(3), rows.getString(4)));
            }
        }
    }

    @Override
    public Item change(String id, String writer, String payload) {
        return with(connection -> {
            OptionalLong locked = lock(connection, id);
            while (locked.isEmpty()) {
                insertUnlessThere(connection, id);
                locked = lock(connection, id);
            }
            Item changed = new Item(id, orderAfter(locked.getAsLong()), writer, payload);
            put(connection, List.of(changed));
            return changed;
        });
    }

    @Override
    public OptionalLong remove(String id) {
        return with(connection -> {
            OptionalLong locked = lock(connection, id);
            if (locked.isEmpty()) {
                return OptionalLong.empty();
            }
            delete(connection, List.of(id));
            return OptionalLong.of(orderAfter(locked.getAsLong()));
        });
    }

    @Override
    public void putAll(Collection<Item> items) {
        with(connection -> put(connection, items));
    }

    @Override
    public void deleteAllById(Collection<String> ids) {
        with(connection -> delete(connection, ids));
    }

    private static int put(Connection connection, Collection<Item> items) throws SQLException {
        // There is no other unique key than that of the row.
        String orUpdate = isMariaDb(connection)
                ? "ON DUPLICATE KEY UPDATE op_order = VALUES(op_order), writer = VALUES(writer), payload = VALUES(payload)"
                : "ON CONFLICT (id) DO UPDATE SET op_order = excluded.op_order, writer = excluded.writer,"
                        + " payload = excluded.payload";
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO item (id, op_order, writer, payload) VALUES (?, ?, ?, ?) " + orUpdate)) {
            for (Item item : items) {
                upsert.setString(1, item.id());
                upsert.setLong(2, item.order());
                upsert.setString(3, item.writer());
                upsert.setString(4, item.payload());
                upsert.addBatch();
            }
            return upsert.executeBatch().length;
        }
    }

    private static int delete(Connection connection, Collection<String> ids) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM item WHERE id IN (" + places(ids) + ")")) {
            bind(delete, ids);
            return delete.executeUpdate();
        }
    }

    private static void insertUnlessThere(Connection connection, String id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                isMariaDb(connection)
                        ? "INSERT IGNORE INTO item VALUES (?, 0, '', '')"
                        : "INSERT INTO item VALUES (?, 0, '', '') ON CONFLICT DO NOTHING")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }

    private static OptionalLong lock(Connection connection, String id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT op_order FROM item WHERE id = ? FOR UPDATE")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /** Rises over all processes of the machine, which share this clock, and over deletes, which leave no row to count on. */
    private static long orderAfter(long previous) {
        return Math.max(previous + 1, System.nanoTime());
    }
}
