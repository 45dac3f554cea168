package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.jdbc.testing.TestServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LedgerRefreshOnPostgresTest extends LedgerRefreshContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }

    /** The session, with another limit in place of the one that a refresh sets. */
    private static Connection limited(Connection session, String limit) {
        return (Connection) Proxy.newProxyInstance(
                LedgerRefreshOnPostgresTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        arguments[0] = ((String) arguments[0])
                                .replace("statement_timeout = 30000", "statement_timeout = " + limit);
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }

    private static String limitOf(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SHOW statement_timeout")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void assertCancelled(Step step, Connection session) {
        assertThatThrownBy(() -> step.on(session))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        ended -> assertThat(ended.getSQLState()).isEqualTo("57014"));
    }

    private void assertNobodyWaits() {
        assertThat(number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        + " AND datname = current_database()"))
                .isZero();
    }

    @Test
    void the_server_limits_the_statements_of_a_refresh_and_of_nothing_else() throws SQLException {
        writeFence(open(Role.SECONDARY, EPOCH));
        try (Connection session = session()) {
            String before = limitOf(session);
            for (int round = 1; round < 9; round++) {
                assertThat(ledger().raiseTo(session, 1, EPOCH, Map.of(key(1L), applied(GENERATION, round))))
                        .contains(Set.of(key(1L)));
                assertThat(limitOf(session)).isEqualTo("30s");
                session.commit();
                assertThat(limitOf(session)).isEqualTo(before);
            }
        }
    }

    @Test
    void a_refresh_that_waits_for_a_locked_row_is_ended_by_the_server() throws SQLException {
        writeFence(open(Role.SECONDARY, EPOCH));
        raiseTo(Map.of(1L, applied(GENERATION, 1)));
        execute("INSERT INTO item VALUES (1)");
        try (Connection holder = session();
                Connection refresh = session();
                Statement lock = holder.createStatement()) {
            lock.execute("SELECT 1 FROM crossfade_ledger FOR UPDATE");
            lock.execute("SELECT 1 FROM item FOR UPDATE");

            assertCancelled(
                    session ->
                            ledger().raiseTo(limited(session, "50"), 1, EPOCH, Map.of(key(1L), applied(GENERATION, 2))),
                    refresh);
            refresh.rollback();
            assertCancelled(
                    session -> {
                        ledger().raiseTo(limited(session, "50"), 1, EPOCH, Map.of(key(2L), applied(GENERATION, 1)));
                        try (Statement overwrite = session.createStatement()) {
                            overwrite.execute("UPDATE item SET id = 2");
                        }
                    },
                    refresh);
            refresh.rollback();
            assertNobodyWaits();
        }
    }
}
