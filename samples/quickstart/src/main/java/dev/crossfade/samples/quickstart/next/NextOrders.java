package dev.crossfade.samples.quickstart.next;

import dev.crossfade.samples.quickstart.domain.ConcurrentOrderChangeException;
import dev.crossfade.samples.quickstart.domain.NewOrder;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderItem;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.domain.PaymentMethod;
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
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * The orders in the order service's own database.
 *
 * <p>A change counts the row's version up and fails with {@link ConcurrentOrderChangeException} if someone else did so
 * since it was read. The version belongs to this store alone: it is no part of an {@link Order}, and an overwrite leaves
 * it as it is, which makes overwriting twice the same as overwriting once.
 */
public final class NextOrders implements OrderRepository {
    private static final String SELECT = """
            SELECT o.legacy_id, o.version, o.order_number, o.customer_id, o.customer_email, o.customer_name,
                   o.customer_phone, o.shipping_address, o.billing_address, o.status, o.subtotal_cents, o.tax_cents,
                   o.shipping_cents, o.discount_cents, o.total_cents, o.payment_method, o.payment_status, o.notes,
                   o.created_at, o.updated_at, i.line_no, i.sku, i.name, i.quantity, i.unit_price_cents
              FROM orders o
              LEFT JOIN order_items i ON i.order_id = o.id
            """;
    private static final String BY_ID = SELECT + " WHERE o.legacy_id = :id ORDER BY i.line_no";
    private static final String BY_IDS = SELECT + " WHERE o.legacy_id = ANY(:ids) ORDER BY o.legacy_id, i.line_no";
    private static final String BY_CUSTOMER =
            SELECT + " WHERE o.customer_id = :customerId ORDER BY o.legacy_id, i.line_no";
    private static final String PAGE = SELECT.replace("FROM orders o", """
                    FROM (SELECT * FROM orders WHERE legacy_id > :after AND legacy_id <= :upTo
                           ORDER BY legacy_id FETCH FIRST :max ROWS ONLY) o""") + " ORDER BY o.legacy_id, i.line_no";
    private static final String IDS_BY_STATUS = """
            SELECT legacy_id FROM orders WHERE status = :status ORDER BY legacy_id DESC FETCH FIRST :limit ROWS ONLY
            """;
    private static final String MAP_KEY = """
            MERGE INTO order_key_map (legacy_id, order_id) KEY (legacy_id) VALUES (:legacyId, :id)
            """;
    private static final String OVERWRITE = """
            MERGE INTO orders (id, legacy_id, order_number, customer_id, customer_email, customer_name, customer_phone,
                   shipping_address, billing_address, status, subtotal_cents, tax_cents, shipping_cents,
                   discount_cents, total_cents, payment_method, payment_status, notes, created_at, updated_at)
            KEY (id)
            VALUES (:id, :legacyId, :orderNumber, :customerId, :customerEmail, :customerName, :customerPhone,
                   :shippingAddress FORMAT JSON, :billingAddress FORMAT JSON, :status, :subtotal, :tax, :shipping,
                   :discount, :total, :paymentMethod, :paymentStatus, :notes, :createdAt, :updatedAt)
            """;
    private static final String COUNT_UP =
            "UPDATE orders SET version = version + 1 WHERE legacy_id = :legacyId AND version = :version";
    private static final String OVERWRITE_ITEM = """
            MERGE INTO order_items (order_id, line_no, sku, name, quantity, unit_price_cents)
            KEY (order_id, line_no)
            VALUES (:id, :lineNo, :sku, :name, :quantity, :unitPriceCents)
            """;
    private static final String CUT_ITEMS = "DELETE FROM order_items WHERE order_id = :id AND line_no >= :size";
    private static final String ADD_HISTORY = """
            INSERT INTO order_status_history (order_id, status, changed_at)
            SELECT o.id, o.status, o.updated_at FROM orders o
             WHERE o.id = :id
               AND o.status IS DISTINCT FROM (SELECT h.status FROM order_status_history h
                                               WHERE h.order_id = o.id ORDER BY h.id DESC FETCH FIRST ROW ONLY)
            """;
    private static final String DELETE = "DELETE FROM orders WHERE legacy_id = ANY(:ids)";

    private final Jdbi jdbi;
    private final LongSupplier legacyIds;
    private final Clock clock;

    /** @param legacyIds ids for orders born here, each handed out once and never by the legacy database itself */
    public NextOrders(DataSource dataSource, LongSupplier legacyIds, Clock clock) {
        this.jdbi = Jdbi.create(dataSource).registerArrayType(Long.class, "BIGINT");
        // Statement texts in exceptions would carry the arguments, and those are customers' data.
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
        this.legacyIds = legacyIds;
        this.clock = clock;
    }

    @Override
    public Optional<Order> findById(long id) {
        return jdbi.inTransaction(handle -> find(handle, id)).map(NextRows.Versioned::order);
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
                    .scanResultSet(NextOrders::orders));
        }
        return found;
    }

    @Override
    public List<Order> findPage(@Nullable Long after, @Nullable Long upTo, int max) {
        return jdbi.inTransaction(handle -> handle.createQuery(PAGE)
                .bind("after", after == null ? Long.MIN_VALUE : after)
                .bind("upTo", upTo == null ? Long.MAX_VALUE : upTo)
                .bind("max", max)
                .scanResultSet(NextOrders::orders));
    }

    @Override
    public List<Order> findByCustomer(long customerId) {
        return jdbi.inTransaction(handle ->
                handle.createQuery(BY_CUSTOMER).bind("customerId", customerId).scanResultSet(NextOrders::orders));
    }

    /**
     * In two steps, on one snapshot of the data: H2 would run a subquery with a limit once for every order.
     */
    @Override
    public List<Order> findByStatus(OrderStatus status, int limit) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            List<Long> ids = handle.createQuery(IDS_BY_STATUS)
                    .bind("status", status.name())
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
        Order placed = order.placed(legacyIds.getAsLong(), now());
        put(placed);
        return placed;
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
            Optional<NextRows.Versioned> found = find(handle, id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Order changed = change.apply(found.get().order());
            countUp(handle, id, found.get().version());
            overwrite(handle, List.of(changed));
            return Optional.of(changed);
        });
    }

    /** Locks the row too: what follows in this transaction meets no other writer. */
    private static void countUp(Handle handle, long id, long version) {
        int rows = handle.createUpdate(COUNT_UP)
                .bind("legacyId", id)
                .bind("version", version)
                .execute();
        if (rows == 0) {
            throw new ConcurrentOrderChangeException(id);
        }
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

    private static Optional<NextRows.Versioned> find(Handle handle, long id) {
        List<NextRows.Versioned> found =
                handle.createQuery(BY_ID).bind("id", id).scanResultSet((rows, context) -> NextRows.orders(rows.get()));
        return found.stream().findFirst();
    }

    private static void overwrite(Handle handle, Collection<Order> orders) {
        PreparedBatch keys = handle.prepareBatch(MAP_KEY);
        PreparedBatch heads = handle.prepareBatch(OVERWRITE);
        PreparedBatch history = handle.prepareBatch(ADD_HISTORY);
        for (Order order : orders) {
            UUID id = OrderIds.of(order.id());
            keys.bind("legacyId", order.id()).bind("id", id).add();
            bindColumns(heads.bind("id", id), order).add();
            history.bind("id", id).add();
        }
        keys.execute();
        heads.execute();
        overwriteItems(handle, orders);
        history.execute();
    }

    private static void overwriteItems(Handle handle, Collection<Order> orders) {
        PreparedBatch items = handle.prepareBatch(OVERWRITE_ITEM);
        PreparedBatch cuts = handle.prepareBatch(CUT_ITEMS);
        for (Order order : orders) {
            UUID id = OrderIds.of(order.id());
            int lineNo = 0;
            for (OrderItem item : order.items()) {
                items.bind("id", id)
                        .bind("lineNo", lineNo++)
                        .bind("sku", item.sku())
                        .bind("name", item.name())
                        .bind("quantity", item.quantity())
                        .bind("unitPriceCents", Cents.of(item.unitPrice()))
                        .add();
            }
            cuts.bind("id", id).bind("size", lineNo).add();
        }
        items.execute();
        cuts.execute();
    }

    private static <S extends SqlStatement<S>> S bindColumns(S statement, Order order) {
        return statement
                .bind("legacyId", order.id())
                .bind("orderNumber", order.orderNumber())
                .bind("customerId", order.customer().id())
                .bind("customerEmail", order.customer().email())
                .bind("customerName", order.customer().name())
                .bind("customerPhone", order.customer().phone())
                .bind("shippingAddress", AddressJson.write(order.shippingAddress()))
                .bind("billingAddress", AddressJson.write(order.billingAddress()))
                .bind("status", order.status().name())
                .bind("subtotal", Cents.of(order.amounts().subtotal()))
                .bind("tax", Cents.of(order.amounts().tax()))
                .bind("shipping", Cents.of(order.amounts().shipping()))
                .bind("discount", Cents.of(order.amounts().discount()))
                .bind("total", Cents.of(order.amounts().total()))
                .bind("paymentMethod", paymentMethod(order))
                .bind("paymentStatus", order.payment().status().name())
                .bind("notes", order.notes())
                .bind("createdAt", order.createdAt().atOffset(ZoneOffset.UTC))
                .bind("updatedAt", order.updatedAt().atOffset(ZoneOffset.UTC));
    }

    private static @Nullable String paymentMethod(Order order) {
        PaymentMethod method = order.payment().method();
        return method == null ? null : method.name();
    }

    private static List<Order> orders(Supplier<ResultSet> rows, StatementContext context) throws SQLException {
        return NextRows.orders(rows.get()).stream()
                .map(NextRows.Versioned::order)
                .toList();
    }
}
