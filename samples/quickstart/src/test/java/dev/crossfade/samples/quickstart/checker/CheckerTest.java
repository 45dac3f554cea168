package dev.crossfade.samples.quickstart.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.legacy.LegacyOrders;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.LegacySeeder;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.traffic.OrderBook;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proves that the checker can fail: each kind of damage, done by SQL behind everyone's back, is found. */
class CheckerTest {
    private static final SeedData SEED = SeedData.generate(120, 11);
    /** An order with items, notes and a payment method, so that each of its columns holds something. */
    private static final Order VICTIM = SEED.orders().stream()
            .filter(order -> order.items().size() >= 2)
            .filter(order -> order.notes() != null && !order.notes().isEmpty())
            .filter(order -> order.payment().method() != null)
            .filter(order -> !order.shippingAddress().equals(order.billingAddress()))
            .findFirst()
            .orElseThrow();

    private final EmbeddedDatabase legacy = EmbeddedDatabase.create("checker-legacy", LegacyOrders.class, "schema.sql");
    private final EmbeddedDatabase next = EmbeddedDatabase.create("checker-new", NextOrders.class, "schema.sql");
    private final NextOrders newOrders = new NextOrders(next.dataSource(), () -> 1_000_000L, Clock.systemUTC());
    private final OrderBook book = new OrderBook(SEED.orders());

    @BeforeEach
    void fill_both_databases() throws SQLException {
        LegacySeeder.seed(legacy.dataSource(), SEED);
        newOrders.putAll(SEED.orders());
        assertThat(check().isClean()).as("before the damage").isTrue();
        execute(legacy, "SET REFERENTIAL_INTEGRITY FALSE");
        execute(next, "SET REFERENTIAL_INTEGRITY FALSE");
    }

    @AfterEach
    void close() {
        legacy.close();
        next.close();
    }

    @Test
    void equal_databases_are_clean_and_counted() throws SQLException {
        Verdict verdict = check();
        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.rowsOnLegacy()).isEqualTo(120);
        assertThat(verdict.rowsOnNew()).isEqualTo(120);
        assertThat(verdict.expected()).isEqualTo(120);
    }

    @Test
    void an_order_missing_on_one_side_is_found() throws SQLException {
        execute(legacy, "DELETE FROM order_items WHERE order_id = 5");
        execute(legacy, "DELETE FROM orders WHERE id = 5");
        execute(next, "DELETE FROM order_items WHERE order_id = (SELECT id FROM orders WHERE legacy_id = 6)");
        execute(next, "DELETE FROM orders WHERE legacy_id = 6");
        assertThat(check().findings())
                .containsExactlyInAnyOrder(
                        new Finding(Finding.Kind.MISSING, "legacy", 5, List.of()),
                        new Finding(Finding.Kind.LOST_WRITE, "legacy", 5, List.of()),
                        new Finding(Finding.Kind.MISSING, "new", 6, List.of()),
                        new Finding(Finding.Kind.LOST_WRITE, "new", 6, List.of()));
    }

    @Test
    void an_order_lost_on_both_sides_is_found() throws SQLException {
        new LegacyOrders(legacy.dataSource(), Clock.systemUTC()).deleteById(5);
        newOrders.deleteById(5);
        execute(legacy, "DELETE FROM order_items WHERE order_id = 5");
        execute(next, "DELETE FROM order_items WHERE order_id NOT IN (SELECT id FROM orders)");
        Verdict verdict = check();
        assertThat(verdict.count(Finding.Kind.MISSING)).isZero();
        assertThat(verdict.count(Finding.Kind.LOST_WRITE)).isEqualTo(2);
    }

    @Test
    void a_changed_value_in_any_column_of_the_legacy_tables_is_found() throws SQLException {
        assertEveryColumnMatters(legacy, "orders", "id = " + VICTIM.id(), Set.of());
        assertEveryColumnMatters(legacy, "order_items", "order_id = " + VICTIM.id() + " AND line_no = 1", Set.of("ID"));
        assertEveryColumnMatters(legacy, "users", "id = " + VICTIM.customer().id(), Set.of());
        assertEveryColumnMatters(
                legacy,
                "addresses",
                "id = (SELECT shipping_address_id FROM orders WHERE id = " + VICTIM.id() + ")",
                Set.of());
    }

    @Test
    void a_changed_value_in_any_column_of_the_new_tables_is_found() throws SQLException {
        String order = "(SELECT order_id FROM order_key_map WHERE legacy_id = " + VICTIM.id() + ")";
        assertEveryColumnMatters(next, "orders", "id = " + order, Set.of("VERSION"));
        assertEveryColumnMatters(next, "order_items", "order_id = " + order + " AND line_no = 1", Set.of());
        assertEveryColumnMatters(next, "order_key_map", "legacy_id = " + VICTIM.id(), Set.of());
        assertEveryColumnMatters(next, "order_status_history", "order_id = " + order, Set.of("ID", "CHANGED_AT"));
    }

    @Test
    void every_part_of_a_changed_address_snapshot_is_found() throws SQLException {
        for (String part : List.of("recipient", "line1", "line2", "city", "region", "postalCode", "country")) {
            execute(next, "UPDATE orders SET billing_address = JSON '{\"" + part + "\":\"x\"}' WHERE legacy_id = 7");
            assertThat(differences(7)).contains("billingAddress." + part);
        }
    }

    @Test
    void swapped_addresses_are_found_on_either_side() throws SQLException {
        execute(
                legacy,
                "UPDATE orders SET shipping_address_id = billing_address_id, billing_address_id = shipping_address_id"
                        + " WHERE id = " + VICTIM.id());
        assertThat(check().count(Finding.Kind.DIFFERENT)).isEqualTo(1);
        execute(
                next,
                "UPDATE orders SET shipping_address = billing_address, billing_address = shipping_address"
                        + " WHERE legacy_id = " + VICTIM.id());
        Verdict both = check();
        assertThat(both.count(Finding.Kind.DIFFERENT)).isZero();
        assertThat(both.count(Finding.Kind.LOST_WRITE)).isEqualTo(2);
    }

    @Test
    void a_missing_item_an_extra_item_and_an_item_without_order_are_found() throws SQLException {
        execute(legacy, "DELETE FROM order_items WHERE line_no = 1 AND order_id = " + VICTIM.id());
        assertThat(differences(VICTIM.id())).contains("items.count", "items[1].sku");
        execute(next, "INSERT INTO order_items SELECT id, 99, 's', 'n', 1, 1 FROM orders WHERE legacy_id = 9");
        assertThat(differences(9)).contains("items.count", "items[99].sku");
        execute(
                legacy,
                "INSERT INTO order_items (order_id, line_no, sku, product_name, quantity, unit_price)"
                        + " VALUES (5000, 0, 's', 'n', 1, 1)");
        execute(next, "INSERT INTO order_items VALUES (RANDOM_UUID(), 0, 's', 'n', 1, 1)");
        assertThat(check().findings())
                .contains(
                        new Finding(Finding.Kind.UNEXPECTED, "legacy", 5_000, List.of()),
                        new Finding(Finding.Kind.UNEXPECTED, "new", 0, List.of()));
    }

    @Test
    void null_and_empty_notes_are_not_the_same() throws SQLException {
        Order withoutNotes = SEED.orders().stream()
                .filter(order -> order.notes() == null)
                .findFirst()
                .orElseThrow();
        execute(next, "UPDATE orders SET notes = '' WHERE legacy_id = " + withoutNotes.id());
        assertThat(differences(withoutNotes.id())).containsExactly("notes");
    }

    @Test
    void a_deleted_order_that_came_back_is_a_zombie() throws SQLException {
        book.acknowledgedDeletion(5);
        assertThat(check().findings())
                .containsExactly(
                        new Finding(Finding.Kind.ZOMBIE, "legacy", 5, List.of()),
                        new Finding(Finding.Kind.ZOMBIE, "new", 5, List.of()));
    }

    @Test
    void an_acknowledged_change_that_both_sides_forgot_is_lost() throws SQLException {
        book.acknowledged(VICTIM.withNotes("acknowledged", VICTIM.updatedAt()));
        assertThat(check().findings())
                .containsExactly(
                        new Finding(Finding.Kind.LOST_WRITE, "legacy", VICTIM.id(), List.of("notes")),
                        new Finding(Finding.Kind.LOST_WRITE, "new", VICTIM.id(), List.of("notes")));
    }

    @Test
    void an_order_that_nobody_wrote_is_unexpected_unless_its_creator_was_left_in_doubt() throws SQLException {
        Order stranger = SEED.orders().get(0);
        execute(
                legacy,
                "INSERT INTO orders SELECT 900, 'stray', user_id, shipping_address_id, billing_address_id, status,"
                        + " subtotal, tax, shipping, discount, total, payment_method, payment_status, notes, created_at, updated_at"
                        + " FROM orders WHERE id = " + stranger.id());
        assertThat(check().count(Finding.Kind.UNEXPECTED)).isEqualTo(1);
        book.attemptCreation("stray");
        Verdict verdict = check();
        assertThat(verdict.count(Finding.Kind.UNEXPECTED)).isZero();
        assertThat(verdict.count(Finding.Kind.MISSING))
                .as("still on one side only")
                .isEqualTo(1);
    }

    @Test
    void a_doubtful_change_may_be_there_or_not_but_nothing_else() throws SQLException {
        Order changed =
                VICTIM.withStatus(other(VICTIM.status()), VICTIM.updatedAt().plusSeconds(5));
        book.attempt(VICTIM.id(), order -> Optional.of(order.withStatus(changed.status(), order.updatedAt())));
        assertThat(check().isClean()).isTrue();
        newOrders.put(changed);
        new LegacyOrders(legacy.dataSource(), Clock.systemUTC()).put(changed);
        assertThat(check().isClean()).isTrue();
        execute(next, "UPDATE orders SET notes = 'third' WHERE legacy_id = " + VICTIM.id());
        assertThat(check().count(Finding.Kind.LOST_WRITE)).isEqualTo(1);
    }

    @Test
    void the_new_side_alone_can_be_judged() throws SQLException {
        new LegacyOrders(legacy.dataSource(), Clock.systemUTC()).deleteById(5);
        assertThat(checkNew().isClean()).isTrue();
        execute(next, "UPDATE orders SET notes = 'x' WHERE legacy_id = 6");
        assertThat(checkNew().findings())
                .containsExactly(new Finding(Finding.Kind.LOST_WRITE, "new", 6, List.of("notes")));
    }

    /** Damages one column after the other and puts each back. */
    private void assertEveryColumnMatters(EmbeddedDatabase database, String table, String where, Set<String> free)
            throws SQLException {
        List<String[]> columns = columns(database.dataSource(), table);
        assertThat(columns).isNotEmpty();
        for (String[] column : columns) {
            String name = column[0];
            execute(database, "CREATE TABLE kept AS SELECT * FROM " + table);
            int damaged = execute(
                    database, "UPDATE " + table + " SET " + name + " = " + other(name, column[1]) + " WHERE " + where);
            assertThat(damaged).as(table + "." + name).isEqualTo(1);
            Verdict verdict = check();
            assertThat(verdict.isClean()).as(table + "." + name).isEqualTo(free.contains(name));
            execute(database, "DELETE FROM " + table);
            execute(database, "INSERT INTO " + table + " SELECT * FROM kept");
            execute(database, "DROP TABLE kept");
            assertThat(check().isClean()).as("restored " + table + "." + name).isTrue();
        }
    }

    private static String other(String column, String type) {
        return switch (type) {
            case "UUID" -> "CAST('00000000-0000-0000-0000-000000000001' AS UUID)";
            case "JSON" -> "JSON '{\"recipient\":\"x\"}'";
            case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" -> "DATEADD('MICROSECOND', 1, " + column + ")";
            case "CHARACTER" ->
                "CASE " + column + " WHEN 'C' THEN 'W' WHEN 'V' THEN 'O' WHEN 'DE' THEN 'FR' ELSE "
                        + (column.equals("COUNTRY") ? "'DE'" : column.equals("PAYMENT_METHOD") ? "'C'" : "'V'")
                        + " END";
            case "CHARACTER VARYING" -> "COALESCE(" + column + ", '') || ' '";
            case "NUMERIC" -> "CASE WHEN " + column + " = 0 THEN 0.01 ELSE " + column + " - 0.01 END";
            default -> column + " + 10000";
        };
    }

    private static List<String[]> columns(DataSource database, String table) throws SQLException {
        List<String[]> columns = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT column_name, data_type FROM information_schema.columns"
                        + " WHERE table_schema = 'PUBLIC' AND table_name = UPPER('" + table
                        + "') ORDER BY ordinal_position")) {
            while (rows.next()) {
                columns.add(new String[] {rows.getString(1), rows.getString(2)});
            }
        }
        return columns;
    }

    private List<String> differences(long id) throws SQLException {
        return check().findings().stream()
                .filter(finding -> finding.kind() == Finding.Kind.DIFFERENT && finding.id() == id)
                .flatMap(finding -> finding.fields().stream())
                .toList();
    }

    private Verdict check() throws SQLException {
        return Checker.checkBoth(legacy.dataSource(), next.dataSource(), book.expectations(), book::isDoubtful);
    }

    private Verdict checkNew() throws SQLException {
        return Checker.checkNew(next.dataSource(), book.expectations(), book::isDoubtful);
    }

    private static OrderStatus other(OrderStatus status) {
        return status == OrderStatus.PACKED ? OrderStatus.SHIPPED : OrderStatus.PACKED;
    }

    private static int execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }
}
