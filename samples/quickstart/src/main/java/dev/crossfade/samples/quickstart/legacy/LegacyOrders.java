package dev.crossfade.samples.quickstart.legacy;

import dev.crossfade.samples.quickstart.domain.NewOrder;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderItem;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.h2.IdChunks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * The orders in the monolith's database. Changes lock the order's row first, so writers of one order queue.
 *
 * <p>Users belong to the monolith: their e-mail, name and phone are read from it and what an {@link Order} carries of
 * them is not written. An overwrite fails if the customer is not among the users.
 */
public final class LegacyOrders implements OrderRepository {
    private static final String SELECT = """
            SELECT o.id, o.order_number, o.user_id, u.email, u.full_name, u.phone, o.status,
                   o.subtotal, o.tax, o.shipping, o.discount, o.total, o.payment_method, o.payment_status, o.notes,
                   o.created_at, o.updated_at,
                   s.recipient AS s_recipient, s.line1 AS s_line1, s.line2 AS s_line2, s.city AS s_city,
                   s.region AS s_region, s.postal_code AS s_postal_code, s.country AS s_country,
                   b.recipient AS b_recipient, b.line1 AS b_line1, b.line2 AS b_line2, b.city AS b_city,
                   b.region AS b_region, b.postal_code AS b_postal_code, b.country AS b_country,
                   i.line_no, i.sku, i.product_name, i.quantity, i.unit_price
              FROM orders o
              JOIN users u ON u.id = o.user_id
              JOIN addresses s ON s.id = o.shipping_address_id
              JOIN addresses b ON b.id = o.billing_address_id
              LEFT JOIN order_items i ON i.order_id = o.id
            """;
    private static final String BY_ID = SELECT + " WHERE o.id = :id ORDER BY i.line_no";
    private static final String BY_IDS = SELECT + " WHERE o.id = ANY(:ids) ORDER BY o.id, i.line_no";
    private static final String BY_CUSTOMER = SELECT + " WHERE o.user_id = :userId ORDER BY o.id, i.line_no";
    private static final String PAGE = SELECT.replace("FROM orders o", """
                    FROM (SELECT * FROM orders WHERE id > :after AND id <= :upTo
                           ORDER BY id FETCH FIRST :max ROWS ONLY) o""") + " ORDER BY o.id, i.line_no";
    private static final String IDS_BY_STATUS = """
            SELECT id FROM orders WHERE status = :status ORDER BY id DESC FETCH FIRST :limit ROWS ONLY
            """;
    private static final String LOCK = "SELECT id FROM orders WHERE id = :id FOR UPDATE";
    private static final String INSERT = """
            INSERT INTO orders (order_number, user_id, shipping_address_id, billing_address_id, status,
                   subtotal, tax, shipping, discount, total, payment_method, payment_status, notes,
                   created_at, updated_at)
            VALUES (:orderNumber, :userId, :shippingAddressId, :billingAddressId, :status,
                   :subtotal, :tax, :shipping, :discount, :total, :paymentMethod, :paymentStatus, :notes,
                   :createdAt, :updatedAt)
            """;
    private static final String OVERWRITE = """
            MERGE INTO orders (id, order_number, user_id, shipping_address_id, billing_address_id, status,
                   subtotal, tax, shipping, discount, total, payment_method, payment_status, notes,
                   created_at, updated_at)
            KEY (id)
            VALUES (:id, :orderNumber, :userId, :shippingAddressId, :billingAddressId, :status,
                   :subtotal, :tax, :shipping, :discount, :total, :paymentMethod, :paymentStatus, :notes,
                   :createdAt, :updatedAt)
            """;
    private static final String OVERWRITE_ITEM = """
            MERGE INTO order_items (order_id, line_no, sku, product_name, quantity, unit_price)
            KEY (order_id, line_no)
            VALUES (:orderId, :lineNo, :sku, :name, :quantity, :unitPrice)
            """;
    private static final String CUT_ITEMS = "DELETE FROM order_items WHERE order_id = :orderId AND line_no >= :size";
    private static final String DELETE = "DELETE FROM orders WHERE id = ANY(:ids)";

    private final Jdbi jdbi;
    private final Clock clock;

    public LegacyOrders(DataSource dataSource, Clock clock) {
        this.jdbi = Jdbi.create(dataSource).registerArrayType(Long.class, "BIGINT");
        // Statement texts in exceptions would carry the arguments, and those are customers' data.
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
        this.clock = clock;
    }

    @Override
    public Optional<Order> findById(long id) {
        return jdbi.inTransaction(handle -> find(handle, id));
    }

    @Override
    public List<Order> findAllById(Collection<Long> ids) {
        return jdbi.inTransaction(handle -> byIds(handle, ids));
    }

    private static List<Order> byIds(Handle handle, Collection<Long> ids) {
        List<Order> found = new ArrayList<>();
        for (List<Long> chunk : IdChunks.of(ids)) {
            found.addAll(handle.createQuery(BY_IDS)
                    .bindArray("ids", Long.class, chunk)
                    .scanResultSet(LegacyOrders::orders));
        }
        return found;
    }

    @Override
    public List<Order> findPage(@Nullable Long after, @Nullable Long upTo, int max) {
        return jdbi.inTransaction(handle -> handle.createQuery(PAGE)
                .bind("after", after == null ? Long.MIN_VALUE : after)
                .bind("upTo", upTo == null ? Long.MAX_VALUE : upTo)
                .bind("max", max)
                .scanResultSet(LegacyOrders::orders));
    }

    @Override
    public List<Order> findByCustomer(long customerId) {
        return jdbi.inTransaction(handle ->
                handle.createQuery(BY_CUSTOMER).bind("userId", customerId).scanResultSet(LegacyOrders::orders));
    }

    /**
     * In two steps, on one snapshot of the data: H2 would run a subquery with a limit once for every order.
     */
    @Override
    public List<Order> findByStatus(OrderStatus status, int limit) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            List<Long> ids = handle.createQuery(IDS_BY_STATUS)
                    .bind("status", LegacyCodes.of(status))
                    .bind("limit", limit)
                    .mapTo(Long.class)
                    .list();
            return byIds(handle, ids).stream()
                    .sorted(Comparator.comparingLong(Order::id).reversed())
                    .toList();
        });
    }

    @Override
    public Order create(NewOrder order) {
        return jdbi.inTransaction(handle -> {
            Order draft = order.placed(0, now());
            long id = bindColumns(handle, handle.createUpdate(INSERT), draft)
                    .executeAndReturnGeneratedKeys("id")
                    .mapTo(long.class)
                    .one();
            Order placed = order.placed(id, draft.createdAt());
            overwriteItems(handle, List.of(placed));
            // The user's data come from the monolith, whatever the caller believed.
            return find(handle, id).orElse(placed);
        });
    }

    @Override
    public Optional<Order> changeStatus(long id, OrderStatus status) {
        return change(id, order -> order.withStatus(status, now()));
    }

    @Override
    public Optional<Order> changeItems(long id, List<OrderItem> items) {
        return change(id, order -> order.withItems(items, now()));
    }

    @Override
    public Optional<Order> changeNotes(long id, @Nullable String notes) {
        return change(id, order -> order.withNotes(notes, now()));
    }

    @Override
    public Optional<Order> cancel(long id) {
        return change(id, order -> order.cancelled(now()));
    }

    @Override
    public boolean deleteById(long id) {
        return delete(List.of(id)) > 0;
    }

    @Override
    public void deleteAllById(Collection<Long> ids) {
        delete(ids);
    }

    @Override
    public void put(Order order) {
        putAll(List.of(order));
    }

    @Override
    public void putAll(Collection<Order> orders) {
        if (!orders.isEmpty()) {
            // By ascending id, so that two of these calls never wait for each other.
            List<Order> sorted =
                    orders.stream().sorted(Comparator.comparingLong(Order::id)).toList();
            jdbi.useTransaction(handle -> overwrite(handle, sorted));
        }
    }

    private Optional<Order> change(long id, UnaryOperator<Order> change) {
        return jdbi.inTransaction(handle -> {
            handle.createQuery(LOCK).bind("id", id).mapTo(long.class).findOne();
            Optional<Order> changed = find(handle, id).map(change);
            changed.ifPresent(order -> overwrite(handle, List.of(order)));
            return changed;
        });
    }

    private int delete(Collection<Long> ids) {
        return jdbi.inTransaction(handle -> {
            int rows = 0;
            for (List<Long> chunk : IdChunks.of(ids)) {
                rows += handle.createUpdate(DELETE)
                        .bindArray("ids", Long.class, chunk)
                        .execute();
            }
            return rows;
        });
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Optional<Order> find(Handle handle, long id) {
        return handle.createQuery(BY_ID).bind("id", id).scanResultSet(LegacyOrders::orders).stream()
                .findFirst();
    }

    private static void overwrite(Handle handle, Collection<Order> orders) {
        PreparedBatch batch = handle.prepareBatch(OVERWRITE);
        for (Order order : orders) {
            bindColumns(handle, batch.bind("id", order.id()), order);
            batch.add();
        }
        batch.execute();
        overwriteItems(handle, orders);
    }

    private static void overwriteItems(Handle handle, Collection<Order> orders) {
        PreparedBatch items = handle.prepareBatch(OVERWRITE_ITEM);
        PreparedBatch cuts = handle.prepareBatch(CUT_ITEMS);
        for (Order order : orders) {
            int lineNo = 0;
            for (OrderItem item : order.items()) {
                items.bind("orderId", order.id()).bind("lineNo", lineNo++).bindMethods(item);
                items.add();
            }
            cuts.bind("orderId", order.id()).bind("size", lineNo).add();
        }
        items.execute();
        cuts.execute();
    }

    private static <S extends SqlStatement<S>> S bindColumns(Handle handle, S statement, Order order) {
        long userId = order.customer().id();
        return statement
                .bind("orderNumber", order.orderNumber())
                .bind("userId", userId)
                .bind("shippingAddressId", LegacyAddresses.findOrInsert(handle, userId, order.shippingAddress()))
                .bind("billingAddressId", LegacyAddresses.findOrInsert(handle, userId, order.billingAddress()))
                .bind("status", LegacyCodes.of(order.status()))
                .bindMethods(order.amounts())
                .bind("paymentMethod", LegacyCodes.of(order.payment().method()))
                .bind("paymentStatus", LegacyCodes.of(order.payment().status()))
                .bind("notes", order.notes())
                .bind("createdAt", utc(order.createdAt()))
                .bind("updatedAt", utc(order.updatedAt()));
    }

    /** As a local time in UTC, past java.sql.Timestamp, which would shift it in the hours that clocks skip or repeat. */
    private static Argument utc(Instant instant) {
        return (position, statement, context) ->
                statement.setObject(position, instant.atOffset(ZoneOffset.UTC).toLocalDateTime());
    }

    private static List<Order> orders(Supplier<ResultSet> rows, StatementContext context) throws SQLException {
        return LegacyRows.orders(rows.get());
    }
}
