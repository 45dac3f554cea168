package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static dev.crossfade.jdbc.faults.Scene.ledgerRows;
import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.testing.proxy.FaultProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A connection that is lost in a transaction, and a COMMIT of which nobody knows whether it happened. */
abstract class LostConnectionContract extends FaultContract {
    @Test
    void a_session_killed_between_two_writes_has_written_nothing_and_is_not_tried_again() {
        Instance service = scene.startDual();
        int[] attempts = {0};

        assertThatThrownBy(() -> service.service.migration.inTransaction(() -> {
                    attempts[0]++;
                    service.orders.put(order(1));
                    killSessionOf(service);
                    service.orders.put(order(2));
                }))
                .hasRootCauseInstanceOf(Exception.class)
                .isNotInstanceOf(CommitOutcomeUnknownException.class);

        assertThat(attempts[0]).isEqualTo(1);
        assertThat(ledgerRows(scene.legacy())).isZero();
        scene.endsWith();
    }

    @Test
    void a_session_killed_after_the_last_write_has_written_nothing() {
        Instance service = scene.startDual();
        service.onLegacy.commitApart();

        assertThatThrownBy(() -> killedAfterItsLastWrite(service)).isNotInstanceOf(CommitOutcomeUnknownException.class);

        assertThat(ledgerRows(scene.legacy())).isZero();
        service.orders.put(order(2));
        scene.endsWith(order(2));
    }

    void killedAfterItsLastWrite(Instance service) throws SQLException {
        service.service.migration.inTransaction(() -> {
            service.orders.put(order(1));
            killSessionOf(service);
        });
    }

    private void killSessionOf(Instance service) throws SQLException {
        long session;
        try (Connection connection = service.service.legacy.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(isPostgres() ? "SELECT pg_backend_pid()" : "SELECT connection_id()")) {
            row.next();
            session = row.getLong(1);
        }
        execute(scene.legacy(), (isPostgres() ? "SELECT pg_terminate_backend(%d)" : "KILL %d").formatted(session));
    }

    @Test
    void a_commit_whose_answer_is_lost_is_told_as_unknown_and_the_stores_hold_what_it_wrote() throws Exception {
        FaultProxy proxy = scene.proxyBefore(scene.legacy());
        Instance service = scene.startDual(scene.setup().legacyUrl(proxy.url()));
        AtomicReference<CompletableFuture<Void>> cut = new AtomicReference<>();
        service.onLegacy.aloneOn(Thread.currentThread(), "COMMIT", () -> cut.set(proxy.cutAfterCommit()));
        int[] attempts = {0};

        assertThatThrownBy(() -> service.service.migration.inTransaction(() -> {
                    attempts[0]++;
                    service.orders.put(order(1));
                }))
                .isInstanceOf(CommitOutcomeUnknownException.class)
                .hasMessageContaining("'legacy' did not confirm a COMMIT");

        assertThat(cut.get()).succeedsWithin(Scene.PATIENCE);
        assertThat(attempts[0]).isEqualTo(1);
        assertThat(rows(scene.legacy())).containsExactly(order(1));
        scene.endsWith(order(1));
    }

    @Test
    void a_commit_that_never_arrived_is_told_as_unknown_and_the_stores_hold_nothing_of_it() throws Exception {
        FaultProxy proxy = scene.proxyBefore(scene.legacy());
        Instance service = scene.startDual(scene.setup().legacyUrl(proxy.url()));
        service.orders.put(order(1));
        scene.awaitClean();
        AtomicReference<CompletableFuture<Void>> cut = new AtomicReference<>();
        service.onLegacy.aloneOn(Thread.currentThread(), "COMMIT", () -> cut.set(proxy.cutAfter(0)));
        int[] attempts = {0};

        assertThatThrownBy(() -> service.service.migration.inTransaction(() -> {
                    attempts[0]++;
                    service.orders.put(order(1).with("paid"));
                    service.orders.put(order(2));
                }))
                .isInstanceOf(CommitOutcomeUnknownException.class);

        assertThat(cut.get()).succeedsWithin(Scene.PATIENCE);
        assertThat(attempts[0]).isEqualTo(1);
        scene.endsWith(order(1));
    }

    @Test
    void a_refresh_whose_commit_on_the_secondary_is_cut_is_made_again() {
        FaultProxy proxy = scene.proxyBefore(scene.next());
        Instance service = scene.startDual(scene.setup().newUrl(proxy.url()));
        AtomicReference<CompletableFuture<Void>> cut = new AtomicReference<>();
        service.onNew.after(
                "INTO orders",
                () -> service.onNew.aloneOn(Thread.currentThread(), "COMMIT", () -> cut.set(proxy.cutAfterCommit())));

        service.orders.put(order(1));
        Order paid = order(1).with("paid");
        service.orders.put(paid);

        scene.awaitClean();
        assertThat(cut.get()).isNotNull();
        scene.endsWith(paid);
    }
}
