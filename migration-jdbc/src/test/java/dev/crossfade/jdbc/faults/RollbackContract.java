package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.ledgerRows;
import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.internal.sql.Counter;
import dev.crossfade.jdbc.orders.Order;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is rolled back leaves nothing behind, in part or as a whole; what is refused was not written. */
abstract class RollbackContract extends FaultContract {
    private static final String TOO_LONG = "a status of more than twenty characters";

    private static final class Cancelled extends RuntimeException {
        Cancelled() {
            super("cancelled");
        }
    }

    @Test
    void a_rollback_after_a_repository_call_leaves_neither_a_row_nor_a_dirty_key() {
        Instance service = scene.startDual();

        assertThatThrownBy(() -> service.service.migration.inTransaction(() -> {
                    service.orders.put(order(1));
                    throw new Cancelled();
                }))
                .isInstanceOf(Cancelled.class);

        assertThat(rows(scene.legacy())).isEmpty();
        assertThat(ledgerRows(scene.legacy())).isZero();
        assertThat(service.service.migration.status().ledger().dirty()).isZero();
        scene.endsWith();
    }

    @Test
    void a_savepoint_rolled_back_around_a_write_keeps_the_others() throws Exception {
        Instance service = scene.startDual();

        service.service.migration.inTransaction(() -> {
            service.orders.put(order(1));
            undo(service.service.legacy, () -> service.orders.put(order(2)));
            service.orders.put(order(3));
        });

        scene.awaitClean();
        assertThat(service.service.migration.parkedKeys().list(10)).isEmpty();
        scene.endsWith(order(1), order(3));
    }

    @Test
    void a_savepoint_rolled_back_around_everything_keeps_nothing() throws Exception {
        Instance service = scene.startDual();
        service.orders.put(order(1));

        service.service.migration.inTransaction(() -> {
            undo(service.service.legacy, () -> {
                service.orders.put(order(1).with("paid"));
                service.orders.put(order(2));
                service.orders.deleteById(1);
            });
        });

        scene.awaitClean();
        assertThat(service.service.migration.parkedKeys().list(10)).isEmpty();
        scene.endsWith(order(1));
    }

    @Test
    void a_fence_that_closed_after_a_savepoint_was_rolled_back_still_refuses_the_commit() throws Exception {
        Instance service = scene.startDual();
        Instance other = scene.start(scene.setup());
        int[] attempts = {0};
        service.service.migration.inTransaction(() -> {
            attempts[0]++;
            Database primary = attempts[0] == 1 ? service.service.legacy : service.service.next;
            undo(primary, () -> service.orders.put(order(2)));
            service.orders.put(new Order(1, "n1", "attempt " + attempts[0], 1));
            if (attempts[0] == 1) {
                Scene.declareCopied(other);
                other.moveTo(Stage.NEW_PRIMARY);
            }
        });

        assertThat(attempts[0]).isEqualTo(2);
        scene.endsWith(new Order(1, "n1", "attempt 2", 1));
    }

    private static void undo(Database database, Runnable work) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            Savepoint savepoint = connection.setSavepoint();
            work.run();
            connection.rollback(savepoint);
        }
    }

    @Test
    void a_nested_transaction_is_part_of_the_outer_one() throws Exception {
        Instance service = scene.startDual();
        Migration migration = service.service.migration;

        migration.inTransaction(() -> {
            service.orders.put(order(1));
            assertThatThrownBy(() -> migration.inTransaction(() -> {
                        service.orders.put(order(2));
                        throw new Cancelled();
                    }))
                    .isInstanceOf(Cancelled.class);
        });
        assertThatThrownBy(() -> migration.inTransaction(() -> {
                    migration.inTransaction(() -> {
                        service.orders.put(order(3));
                    });
                    throw new Cancelled();
                }))
                .isInstanceOf(Cancelled.class);

        scene.endsWith(order(1), order(2));
    }

    @Test
    void a_method_that_throws_after_it_has_written_and_is_caught_is_refreshed() throws Exception {
        Instance service = scene.startDual();

        service.service.migration.inTransaction(() -> {
            service.onLegacy.after("INTO orders", RollbackContract::fail);
            assertThatThrownBy(() -> service.orders.put(order(1))).hasRootCauseInstanceOf(SQLException.class);
            service.onLegacy.after("DELETE FROM orders", RollbackContract::fail);
            assertThatThrownBy(() -> service.orders.deleteById(2)).hasRootCauseInstanceOf(SQLException.class);
        });

        scene.endsWith(order(1));
    }

    @Test
    void a_method_that_throws_after_it_has_written_and_is_alone_has_written_nothing() {
        Instance service = scene.startDual();
        service.onLegacy.after("INTO orders", RollbackContract::fail);

        assertThatThrownBy(() -> service.orders.put(order(1))).hasRootCauseInstanceOf(SQLException.class);

        assertThat(ledgerRows(scene.legacy())).isZero();
        scene.endsWith();
    }

    private static void fail() throws SQLException {
        throw new SQLException("simulated", "99999");
    }

    @Test
    void a_batch_that_fails_half_way_has_written_nothing() {
        Instance service = scene.startDual();

        assertThatThrownBy(() -> service.orders.putAll(List.of(order(1), new Order(2, "n2", TOO_LONG, 1), order(3))))
                .hasRootCauseInstanceOf(SQLException.class);

        assertThat(rows(scene.legacy())).isEmpty();
        assertThat(ledgerRows(scene.legacy())).isZero();
        scene.endsWith();
    }

    @Test
    void a_batch_that_fails_half_way_and_is_caught_commits_what_the_database_keeps_and_both_stores_hold_that()
            throws Exception {
        Instance service = scene.startDual();
        service.orders.put(order(1));

        Throwable refusal = catchThrowable(() -> service.service.migration.inTransaction(() -> {
            assertThatThrownBy(() -> service.orders.putAll(
                            List.of(order(1).with("paid"), order(2), new Order(3, "n3", TOO_LONG, 1))))
                    .hasRootCauseInstanceOf(SQLException.class);
        }));

        // PostgreSQL has failed the whole transaction then; the others commit the rest.
        if (isPostgres()) {
            assertThat(refusal).isInstanceOf(SQLException.class);
            assertThat(rows(scene.legacy())).containsExactly(order(1));
        } else {
            assertThat(refusal).isNull();
        }
        List<Order> held = rows(scene.legacy());
        assertThat(scene.end()).isEqualTo(held);
    }

    @Test
    void a_write_in_a_transaction_that_the_caller_opened_on_either_side_is_refused() throws Throwable {
        Instance service = scene.startDual();

        for (Database side : List.of(service.service.legacy, service.service.next)) {
            assertThatThrownBy(() -> side.inTransaction(() -> {
                        service.orders.put(order(1));
                        return null;
                    }))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("transaction on the " + side.name() + " store")
                    .hasMessageContaining("Nothing of it was written")
                    .hasMessageContaining("migration.inTransaction");
            // Who swallows the refusal commits, and what was refused is not in it.
            side.inTransaction(() -> {
                assertThatThrownBy(() -> service.orders.put(order(1))).isInstanceOf(MigrationException.class);
                return null;
            });
        }

        assertThat(ledgerRows(scene.legacy())).isZero();
        assertThat(ledgerRows(scene.next())).isZero();
        scene.endsWith();
    }

    @Test
    void a_transaction_that_only_reads_writes_no_ledger_and_one_call_alone_no_transaction() throws Exception {
        Instance service = scene.startDual();
        service.orders.put(order(1));
        scene.awaitClean();

        assertThat(service.service.migration.<Order, Exception>inTransaction(
                        () -> service.orders.findById(1).orElseThrow()))
                .isEqualTo(order(1));
        assertThat(service.orders.countByStatus("open")).isEqualTo(1);

        assertThat(Scene.number(scene.legacy(), "SELECT sum(counter) FROM crossfade_ledger"))
                .isEqualTo(Counter.WRITE);
        scene.endsWith(order(1));
    }
}
