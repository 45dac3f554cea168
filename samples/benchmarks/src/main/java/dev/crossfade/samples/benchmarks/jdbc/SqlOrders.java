package dev.crossfade.samples.benchmarks.jdbc;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/** Orders in PostgreSQL by plain JDBC, one statement for each operation, however many orders there are. */
class SqlOrders implements Orders {
    static final String TABLE = """
            CREATE TABLE orders (
                id         bigint        PRIMARY KEY,
                customer   bigint        NOT NULL,
                status     varchar(20)   NOT NULL,
                total      numeric(12,2) NOT NULL,
                note       text          NOT NULL,
                changed_at timestamptz   NOT NULL)
            """;

    private static final String SELECT =
            "SELECT id, customer, status, total, note, changed_at FROM orders WHERE id = ANY (?)";

    private static final String INSERT =
            "INSERT INTO orders (id, customer, status, total, note, changed_at) VALUES (?, ?, ?, ?, ?, ?)";

    private static final String PAY = "UPDATE orders SET status = ? WHERE id = ?";

    private static final String PUT = """
            INSERT INTO orders (id, customer, status, total, note, changed_at)
            SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::numeric[], ?::text[], ?::timestamptz[])
                ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, status = excluded.status,
                   total = excluded.total, note = excluded.note, changed_at = excluded.changed_at
            """;

    private static final String DELETE = "DELETE FROM orders WHERE id = ANY (?)";

    private final DataSource dataSource;

    SqlOrders(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Statements on one connection. */
    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** As frameworks do, without checked exceptions. */
    private <T> T on(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            return work.run(connection);
        } catch (SQLException failure) {
            throw new IllegalStateException("a statement on orders failed", failure);
        }
    }

    @Override
    public Optional<Order> findById(long id) {
        return findAllById(List.of(id)).stream().findFirst();
    }

    @Override
    public List<Order> findAllById(Collection<Long> ids) {
        return on(connection -> select(connection, ids));
    }

    private static List<Order> select(Connection connection, Collection<Long> ids) throws SQLException {
        List<Order> orders = new ArrayList<>(ids.size());
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    orders.add(new Order(
                            row.getLong(1),
                            row.getLong(2),
                            row.getString(3),
                            row.getBigDecimal(4),
                            row.getString(5),
                            row.getObject(6, OffsetDateTime.class)));
                }
            }
        }
        return orders;
    }

    @Override
    public void insert(Order order) {
        on(connection -> insert(connection, order));
    }

    static int insert(Connection connection, Order order) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, order.id());
            insert.setLong(2, order.customer());
            insert.setString(3, order.status());
            insert.setBigDecimal(4, order.total());
            insert.setString(5, order.note());
            insert.setObject(6, order.changedAt());
            return insert.executeUpdate();
        }
    }

    @Override
    public boolean pay(long id, String status) {
        return on(connection -> pay(connection, id, status)) == 1;
    }

    static int pay(Connection connection, long id, String status) throws SQLException {
        try (PreparedStatement pay = connection.prepareStatement(PAY)) {
            pay.setString(1, status);
            pay.setLong(2, id);
            return pay.executeUpdate();
        }
    }

    @Override
    public void put(Order order) {
        putAll(List.of(order));
    }

    @Override
    public void putAll(Collection<Order> orders) {
        on(connection -> put(connection, orders));
    }

    private static int put(Connection connection, Collection<Order> orders) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(PUT)) {
            put.setArray(1, array(connection, "bigint", orders, Order::id));
            put.setArray(2, array(connection, "bigint", orders, Order::customer));
            put.setArray(3, array(connection, "text", orders, Order::status));
            put.setArray(4, array(connection, "numeric", orders, Order::total));
            put.setArray(5, array(connection, "text", orders, Order::note));
            put.setArray(6, array(connection, "timestamptz", orders, Order::changedAt));
            return put.executeUpdate();
        }
    }

    private static Array array(Connection connection, String type, Collection<Order> orders, Function<Order, ?> column)
            throws SQLException {
        return connection.createArrayOf(type, orders.stream().map(column).toArray());
    }

    @Override
    public void deleteById(long id) {
        deleteAllById(List.of(id));
    }

    @Override
    public void deleteAllById(Collection<Long> ids) {
        on(connection -> delete(connection, ids));
    }

    private static int delete(Connection connection, Collection<Long> ids) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            return delete.executeUpdate();
        }
    }
}
