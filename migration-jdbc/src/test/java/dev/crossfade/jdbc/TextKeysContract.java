package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.EntityBuilder;
import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.MoveResult;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.testing.HookedPool;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a column takes several spellings of a key for one, the ledger has to do so too. */
abstract class TextKeysContract {
    private TestDatabases databases;
    private HookedPool onNew;

    abstract Pair pair();

    /** What the types need. */
    void prepare(Handle handle) {}

    /** The type of a column that takes {@code a} and {@link #otherSpelling} for one. */
    abstract String looseType();

    abstract String otherSpelling();

    /** The type of a column that tells every spelling apart. */
    abstract String strictType();

    record Customer(String code, String name) {}

    interface Customers {
        Optional<Customer> findById(String code);

        void put(Customer customer);

        void deleteById(String code);
    }

    private record JdbiCustomers(Jdbi jdbi) implements Customers {
        @Override
        public Optional<Customer> findById(String code) {
            return jdbi.withHandle(handle -> handle.createQuery("SELECT code, name FROM customers WHERE code = ?")
                    .bind(0, code)
                    .map((row, context) -> new Customer(row.getString(1), row.getString(2)))
                    .findOne());
        }

        @Override
        public void put(Customer customer) {
            jdbi.useTransaction(handle -> {
                String update = "UPDATE customers SET name = ? WHERE code = ?";
                if (handle.execute(update, customer.name(), customer.code()) == 0) {
                    handle.execute(
                            "INSERT INTO customers (code, name) VALUES (?, ?)", customer.code(), customer.name());
                }
            });
        }

        @Override
        public void deleteById(String code) {
            jdbi.useHandle(handle -> handle.execute("DELETE FROM customers WHERE code = ?", code));
        }
    }

    @BeforeEach
    void open() {
        databases = pair().open();
        onNew = new HookedPool(databases.next().dataSource());
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private void createTables(String type) {
        databases.both().forEach(database -> createTable(database, type));
    }

    private void createTable(TestDatabase database, String type) {
        Jdbi.create(database.dataSource()).useHandle(handle -> {
            prepare(handle);
            handle.execute("CREATE TABLE customers (code " + type + " PRIMARY KEY, name VARCHAR(40))");
        });
    }

    private Migration migration(
            Consumer<EntityBuilder<Customers, Customer, String>> entity, UnaryOperator<JdbcCoordination> settings) {
        Database legacy = Database.of("legacy", databases.legacy().dataSource());
        Database next = Database.of("next", onNew.dataSource());
        return Migration.of("customers")
                .between(legacy, next)
                .coordinatedBy(settings.apply(JdbcCoordination.between(legacy, next)))
                .repository(Customers.class, r -> {
                    var described = r.from(new JdbiCustomers(legacy.jdbi()))
                            .to(new JdbiCustomers(next.jdbi()))
                            .key(Customer.class, Customer::code)
                            .overwrite(Customers::put);
                    entity.accept(described);
                })
                .control(ManualControl.create())
                .build();
    }

    private static String normalForm(String code) {
        return code.strip().toLowerCase(Locale.ROOT);
    }

    private static JdbcCoordination declared(JdbcCoordination coordination) {
        return coordination.textKeys("Customer", "customers.code", "customers.code");
    }

    private static List<String> names(TestDatabase database) {
        return Jdbi.create(database.dataSource())
                .withHandle(handle -> handle.createQuery("SELECT name FROM customers")
                        .mapTo(String.class)
                        .list());
    }

    private static long ledgerRows(TestDatabase database) {
        return Jdbi.create(database.dataSource())
                .withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM crossfade_ledger")
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void a_column_that_takes_two_spellings_for_one_is_refused_without_a_normal_form() {
        assertRefused(looseType());
    }

    void assertRefused(String type) {
        createTables(type);
        try (Migration migration = migration(entity -> {}, TextKeysContract::declared)) {
            assertThatThrownBy(migration::start)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("customers.code of legacy takes several spellings")
                    .hasMessageContaining("customers.code of next takes several spellings")
                    .hasMessageContaining("Nothing was started");
        }
    }

    @Test
    void with_a_normal_form_two_spellings_of_a_row_are_one_key() {
        createTables(looseType());
        try (Migration migration =
                migration(entity -> entity.normaliseKeys(TextKeysContract::normalForm), TextKeysContract::declared)) {
            migration.start();
            Moves.move(migration, Stage.LEGACY_PRIMARY, ALICE);
            Customers customers = migration.repository(Customers.class);
            customers.put(new Customer("a", "first"));
            customers.put(new Customer(otherSpelling(), "second"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> migration.status().ledger().dirty() == 0);

            assertThat(ledgerRows(databases.legacy())).isEqualTo(1);
            assertThat(names(databases.legacy())).containsExactly("second");
            assertThat(names(databases.next())).containsExactly("second");

            customers.deleteById(otherSpelling());
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> migration.status().ledger().dirty() == 0);
            assertThat(names(databases.next())).isEmpty();
            assertThat(migration.status().ledger().parked()).isZero();
        }
    }

    @Test
    void a_column_that_tells_spellings_apart_needs_no_normal_form() {
        createTables(strictType());
        try (Migration migration = migration(entity -> {}, TextKeysContract::declared)) {
            migration.start();
            assertThat(migration.status().stage()).isEqualTo(Stage.LEGACY_ONLY);
        }
    }

    @Test
    void text_keys_of_which_nobody_says_where_they_are_kept_are_refused() {
        createTables(strictType());
        try (Migration migration = migration(entity -> {}, coordination -> coordination)) {
            assertThatThrownBy(migration::start)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("Customer has text in its keys")
                    .hasMessageContaining("textKeys(..)");
        }
    }

    @Test
    void a_database_that_was_silent_at_the_start_is_asked_before_the_stage_changes() {
        createTable(databases.legacy(), strictType());
        createTable(databases.next(), looseType());
        try (Migration migration = migration(entity -> {}, TextKeysContract::declared)) {
            onNew.before("'its type is '", () -> {
                throw new SQLException("simulated", "08006");
            });
            migration.start();
            assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, ALICE))
                    .isInstanceOfSatisfying(
                            MoveResult.Refused.class,
                            refused -> assertThat(refused.reasons())
                                    .anyMatch(reason ->
                                            reason.contains("customers.code of next takes several spellings")));
        }
    }

    @Test
    void a_column_that_is_not_there_is_named() {
        createTables(strictType());
        try (Migration migration = migration(
                entity -> {}, coordination -> coordination.textKeys("Customer", "customers.code", "customers.cod"))) {
            assertThatThrownBy(migration::start)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("customers.cod of Customer is not in next");
        }
    }
}
