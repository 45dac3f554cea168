package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.AuditEntry;
import dev.crossfade.CopyRun;
import dev.crossfade.MigrationException;
import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.FenceTable;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.testing.Moves;
import dev.crossfade.testing.Patience;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written down of everything that people and flags change, and what becomes of sessions in their way. */
abstract class AuditContract {
    private TestDatabases databases;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        OrdersMigration.createTables(databases);
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private static List<String> deeds(OrdersMigration service) {
        return service.migration.audit(100).stream().map(AuditEntry::what).toList();
    }

    @Test
    void every_move_is_attributed_newest_first() throws Exception {
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            Instant before = Instant.now().minusSeconds(60);
            service.migration.moveTo(Stage.LEGACY_PRIMARY, ALICE);
            Order order = service.orders.insert(new Order(0, "first", "open", 1));
            CopyRun copy = service.migration.copy(Orders.class);
            copy.mark(List.of(order.id()));
            assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();
            service.migration.moveTo(Stage.NEW_PRIMARY, ALICE);

            assertThat(deeds(service)).containsExactly("grant", "drain", "open", "drain");
            assertThat(service.migration.audit(2)).hasSize(2).last().satisfies(drain -> {
                assertThat(drain.who()).isEqualTo("alice");
                assertThat(drain.reason()).isEqualTo("CHG-1");
                assertThat(drain.from()).isEqualTo(Stage.LEGACY_PRIMARY);
                assertThat(drain.to()).isEqualTo(Stage.NEW_PRIMARY);
                assertThat(drain.epoch()).isEqualTo(3);
                assertThat(drain.when()).isBetween(before, Instant.now().plusSeconds(60));
            });
        }
    }

    @Test
    void retries_and_discards_of_parked_keys_are_attributed() {
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            Moves.move(service.migration, Stage.LEGACY_PRIMARY, ALICE);
            service.migration.parkedKeys().retryAll(Operator.of("bob", "mended"));
            service.migration.parkedKeys().discardAll(Operator.of("carol", "given up"));
            assertThat(service.migration.audit(2)).extracting(AuditEntry::who).containsExactly("carol", "bob");
            assertThat(deeds(service)).startsWith("discard", "retry");
        }
    }

    @Test
    void words_that_are_longer_than_a_column_are_cut_and_lose_no_move() {
        Operator verbose = Operator.of("\uD83D\uDE00".repeat(150), "a\0" + "\uD83D\uDE00".repeat(900))
                .confirmingOnlyWriter();
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            assertThat(service.migration.moveTo(Stage.LEGACY_PRIMARY, verbose)).isInstanceOf(MoveResult.Moved.class);
            assertThat(service.migration.audit(100))
                    .last()
                    .satisfies(drain -> assertThat(drain.who()).isEqualTo("\uD83D\uDE00".repeat(100)));
        }
    }

    @Test
    void a_move_that_a_session_keeps_waiting_names_it() throws Exception {
        try (OrdersMigration service = new OrdersMigration(databases).start();
                Connection session = databases.legacy().connect()) {
            Moves.move(service.migration, Stage.LEGACY_PRIMARY, ALICE);
            holdFence(session);
            MoveResult result = service.migration.moveTo(Stage.LEGACY_ONLY, ALICE);
            assertThat(result)
                    .isInstanceOfSatisfying(
                            MoveResult.Aborted.class,
                            aborted -> assertThat(aborted.reason())
                                    .contains("session ")
                                    .doesNotContain("of this instance"));
            session.rollback();
            Moves.move(service.migration, Stage.LEGACY_ONLY, ALICE);
        }
    }

    @Test
    void a_session_that_keeps_a_move_waiting_for_too_long_is_ended_where_that_is_wanted_and_the_database_knows_it()
            throws Exception {
        Database legacy = Database.of("legacy", databases.legacy().dataSource());
        Database next = Database.of("next", databases.next().dataSource());
        JdbcCoordination coordination =
                JdbcCoordination.between(legacy, next).terminateSessionsAfter(Duration.ofMillis(200));
        if (databases.legacy().server() != TestServer.POSTGRES) {
            OrdersMigration refused =
                    new OrdersMigration(databases, migration -> migration.coordinatedBy(coordination));
            assertThatThrownBy(refused::start)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("terminateSessionsAfter");
            return;
        }
        try (OrdersMigration service =
                        new OrdersMigration(databases, migration -> migration.coordinatedBy(coordination)).start();
                Connection session = databases.legacy().connect()) {
            Moves.move(service.migration, Stage.LEGACY_PRIMARY, ALICE);
            holdFence(session);
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            service.migration.moveTo(Stage.LEGACY_ONLY, ALICE).moved());
            assertThat(deeds(service)).contains("terminate");
        }
    }

    private static void holdFence(Connection session) throws SQLException {
        session.setAutoCommit(false);
        assertThat(new FenceTable(Dialect.of(session), "crossfade_", OrdersMigration.NAME, Side.LEGACY)
                        .lockShared(session, 3))
                .isPresent();
    }
}
