package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.jdbc.testing.HookedPool;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders of one database, users of another. */
abstract class OrphanContract {
    private TestDatabases databases;
    private HookedPool shopPool;
    private HookedPool accountsPool;
    private Database shop;
    private Database accounts;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        shopPool = new HookedPool(databases.legacy().dataSource());
        accountsPool = new HookedPool(databases.next().dataSource());
        shop = Database.of("shop", shopPool.dataSource());
        accounts = Database.of("accounts", accountsPool.dataSource());
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void inShop(String sql) throws SQLException {
        execute(databases.legacy(), sql);
    }

    private void inAccounts(String sql) throws SQLException {
        execute(databases.next(), sql);
    }

    /** Orders 1 to 100 of users 1 to 100, of which 7, 8 and 90 are not there; 50 has no user. */
    private References ordersAndUsers() throws SQLException {
        inShop("CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id INTEGER)");
        inShop("INSERT INTO orders (id, user_id) VALUES "
                + IntStream.rangeClosed(1, 100)
                        .mapToObj(id -> "(" + id + ", " + (id == 50 ? "NULL" : id) + ")")
                        .collect(Collectors.joining(", ")));
        inAccounts("CREATE TABLE users (id BIGINT PRIMARY KEY)");
        inAccounts("INSERT INTO users (id) VALUES "
                + IntStream.rangeClosed(1, 100)
                        .filter(id -> id != 7 && id != 8 && id != 90)
                        .mapToObj(id -> "(" + id + ")")
                        .collect(Collectors.joining(", ")));
        return References.from(shop, "orders", "user_id", Long.class)
                .key("id", Long.class)
                .to(accounts, "users", "id")
                .withPage(20)
                .withSettle(Duration.ZERO);
    }

    private static List<Object> keys(List<Orphan> orphans) {
        return orphans.stream().map(orphan -> orphan.key().get(0)).toList();
    }

    @Test
    void rows_whose_reference_leads_nowhere_are_found_and_rows_without_one_are_not() throws Exception {
        OrphanReport report = ordersAndUsers().find();

        assertThat(keys(report.first())).containsExactly(7L, 8L, 90L);
        assertThat(report.first()).extracting(Orphan::reference).containsExactly(7L, 8L, 90L);
        assertThat(report.rows()).isEqualTo(99);
        assertThat(report.found()).isEqualTo(3);
        assertThat(report.withheld()).isZero();
        assertThat(report.isClean()).isFalse();
        assertThat(report.toString()).startsWith("orders.user_id -> users.id: 3 of 99 references lead nowhere");
        // Digests and no values.
        assertThat(report.first())
                .allSatisfy(orphan ->
                        assertThat(orphan.toString()).matches("Orphan\\[key#[0-9a-f]{8}, reference#[0-9a-f]{8}]"));
    }

    @Test
    void a_policy_takes_orphans_page_by_page_and_no_more_than_its_cap() throws Exception {
        List<List<Object>> pages = new ArrayList<>();
        References references = ordersAndUsers();
        OrphanReport report = references.find(orphans -> pages.add(keys(orphans)));
        assertThat(pages).containsExactly(List.of(7L, 8L), List.of(90L));
        assertThat(report.withheld()).isZero();

        pages.clear();
        OrphanReport capped = references.withCap(1).find(orphans -> pages.add(keys(orphans)));
        assertThat(pages).containsExactly(List.of(7L));
        assertThat(capped.found()).isEqualTo(3);
        assertThat(capped.withheld()).isEqualTo(2);
        assertThat(capped.toString()).contains("2 were withheld");

        inShop("ALTER TABLE orders ADD deleted BOOLEAN DEFAULT FALSE NOT NULL");
        references.find(orphans -> {
            for (Object id : keys(orphans)) {
                inShop("UPDATE orders SET deleted = TRUE, user_id = NULL WHERE id = " + id);
            }
        });
        assertThat(references.find().isClean()).isTrue();
    }

    @Test
    void what_a_policy_throws_reaches_the_caller() throws Exception {
        References references = ordersAndUsers();
        assertThatThrownBy(() -> references.find(orphans -> {
                    throw new IOException("archive is full");
                }))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_target_that_comes_before_the_second_look_is_no_orphan() throws Exception {
        References references = ordersAndUsers().withPage(1_000);
        // The second look reads the row first.
        shopPool.before("IN (?, ?, ?)", () -> inAccounts("INSERT INTO users (id) VALUES (8)"));

        OrphanReport report = references.find();

        assertThat(keys(report.first())).containsExactly(7L, 90L);
        assertThat(report.settled()).isEqualTo(1);
    }

    @Test
    void a_row_that_is_deleted_or_refers_to_another_before_the_second_look_is_no_orphan() throws Exception {
        References references = ordersAndUsers().withPage(1_000);
        shopPool.before("IN (?, ?, ?)", () -> {
            inShop("DELETE FROM orders WHERE id = 7");
            inShop("UPDATE orders SET user_id = 1 WHERE id = 8");
        });

        OrphanReport report = references.find();

        assertThat(keys(report.first())).containsExactly(90L);
        assertThat(report.settled()).isEqualTo(2);
    }

    @Test
    void the_second_look_waits_until_writes_have_had_their_time() throws Exception {
        Duration settle = Duration.ofMillis(300);
        OrphanReport report = ordersAndUsers().withSettle(settle).find();
        assertThat(report.elapsed()).isGreaterThan(settle);
        assertThat(report.found()).isEqualTo(3);
    }

    @Test
    void references_may_be_uuids_that_one_side_holds_as_bytes_and_keys_may_have_several_columns() throws Exception {
        UUID here = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
        UUID gone = UUID.fromString("ffffffff-e89b-12d3-a456-426614174000");
        inShop(
                "CREATE TABLE order_lines (tenant VARCHAR(10), line INTEGER, owner CHAR(36), PRIMARY KEY (tenant, line))");
        inShop("INSERT INTO order_lines (tenant, line, owner) VALUES ('a', 1, '" + here + "'), ('a', 2, '" + gone
                + "'), ('b', 1, '" + gone + "')");
        boolean bytes = databases.next().server() == TestServer.MARIADB;
        inAccounts("CREATE TABLE users (id " + (bytes ? "BINARY(16)" : "UUID") + " PRIMARY KEY)");
        inAccounts("INSERT INTO users (id) VALUES ("
                + (bytes ? "X'" + here.toString().replace("-", "") + "'" : "'" + here + "'") + ")");

        OrphanReport report = References.from(shop, "order_lines", "owner", UUID.class)
                .key("tenant", String.class)
                .key("line", Integer.class)
                .to(accounts, "users", "id")
                .withPage(1)
                .withSettle(Duration.ZERO)
                .find();

        assertThat(report.rows()).isEqualTo(3);
        assertThat(report.first())
                .containsExactly(new Orphan(List.of("a", 2), gone), new Orphan(List.of("b", 1), gone));
    }

    @Test
    void a_text_that_is_no_uuid_ends_the_search_and_is_not_told() throws Exception {
        inShop("CREATE TABLE orders (id BIGINT PRIMARY KEY, owner VARCHAR(40))");
        inShop("INSERT INTO orders (id, owner) VALUES (1, 'jane.doe')");
        inAccounts("CREATE TABLE users (id CHAR(36) PRIMARY KEY)");

        References references = References.from(shop, "orders", "owner", UUID.class)
                .key("id", Long.class)
                .to(accounts, "users", "id");

        assertThatThrownBy(references::find)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The column 'owner' holds something that is no UUID")
                .hasNoCause()
                .satisfies(failure -> assertThat(failure.toString()).doesNotContain("jane"));
    }

    @Test
    void whether_another_spelling_is_the_same_the_database_of_the_target_says() throws Exception {
        boolean caseless = databases.next().server() == TestServer.MARIADB;
        inShop("CREATE TABLE orders (id BIGINT PRIMARY KEY, code VARCHAR(20))");
        inShop("INSERT INTO orders (id, code) VALUES (1, 'eur'), (2, 'EUR'), (3, 'usd')");
        inAccounts("CREATE TABLE currencies (code VARCHAR(20)" + (caseless ? " COLLATE utf8mb4_general_ci" : "")
                + " PRIMARY KEY)");
        inAccounts("INSERT INTO currencies (code) VALUES ('EUR')");

        OrphanReport report = References.from(shop, "orders", "code", String.class)
                .key("id", Long.class)
                .to(accounts, "currencies", "code")
                .withSettle(Duration.ZERO)
                .find();

        assertThat(keys(report.first())).isEqualTo(caseless ? List.of(3L) : List.of(1L, 3L));
    }

    @Test
    void mistakes_are_told_before_anything_is_read() {
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        References.from(shop, "orders", "user_id", Long.class).find())
                .withMessageContaining("name no target or no key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> References.from(shop, "orders; --", "user_id", Long.class));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> References.from(shop, "orders", "user_id, tenant", Long.class))
                .withMessageContaining("no plain name");
        assertThatIllegalArgumentException().isThrownBy(() -> References.from(shop, "orders", "at", Duration.class));
    }
}
