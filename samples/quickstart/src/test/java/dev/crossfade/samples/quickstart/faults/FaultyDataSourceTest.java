package dev.crossfade.samples.quickstart.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.SeedData;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultyDataSourceTest {
    private static final SeedData SEED = SeedData.generate(20, 3);

    private final EmbeddedDatabase database =
            EmbeddedDatabase.create("faulty" + System.nanoTime(), NextOrders.class, "schema.sql");
    private final FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
    private final NextOrders orders = new NextOrders(faulty.dataSource(), () -> 1L, Clock.systemUTC());

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void without_faults_it_behaves_as_the_database() {
        orders.putAll(SEED.orders());
        assertThat(orders.findById(3)).contains(SEED.orders().get(2));
        assertThat(faulty.injected()).isZero();
    }

    @Test
    void a_dead_database_gives_out_no_connection_until_it_is_back() {
        faulty.setDead(true);
        assertThatThrownBy(() -> orders.findById(1)).hasRootCauseInstanceOf(SQLTransientConnectionException.class);
        faulty.setDead(false);
        assertThat(orders.findById(1)).isEmpty();
    }

    @Test
    void a_transaction_under_way_when_the_database_dies_leaves_nothing() throws SQLException {
        Order order = SEED.orders().get(0);
        orders.put(order);
        try (Connection connection = faulty.dataSource().getConnection();
                PreparedStatement update = connection.prepareStatement("UPDATE orders SET notes = 'half done'")) {
            connection.setAutoCommit(false);
            update.executeUpdate();
            faulty.setDead(true);
            assertThatThrownBy(update::executeUpdate).isInstanceOf(SQLNonTransientConnectionException.class);
            assertThatThrownBy(connection::commit).isInstanceOf(SQLNonTransientConnectionException.class);
            assertThatThrownBy(() -> connection.setAutoCommit(true))
                    .isInstanceOf(SQLNonTransientConnectionException.class);
        }
        faulty.setDead(false);
        assertThat(orders.findById(order.id())).contains(order);
    }

    @Test
    void each_nth_statement_times_out_and_its_transaction_leaves_nothing() {
        faulty.setTimeOutEvery(4);
        assertThatThrownBy(() -> orders.put(SEED.orders().get(0))).hasRootCauseInstanceOf(SQLTimeoutException.class);
        faulty.setTimeOutEvery(0);
        assertThat(orders.findById(1)).isEmpty();
        assertThat(faulty.injected()).isEqualTo(1);
    }
}
