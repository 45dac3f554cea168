package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the fence promises on every database. */
abstract class FenceContract extends SqlContract {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void a_fence_says_what_it_was_created_with() {
        assertThat(read(Side.LEGACY)).contains(open(Role.PRIMARY, EPOCH));
        assertThat(number("SELECT count(*) FROM crossfade_fence")).isEqualTo(FenceTable.STRIPES);
    }

    @Test
    void there_is_no_fence_before_it_is_created() throws SQLException {
        assertThat(read(Side.NEW)).isEmpty();
        assertThat(shared(Side.NEW, 0)).isEmpty();
        try (Connection connection = session()) {
            assertThatThrownBy(() -> fence(Side.NEW).lockExclusive(connection, LONG))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("Nothing was changed");
        }
    }

    @Test
    void creating_a_fence_again_changes_nothing() {
        execute(connection -> {
            fence().create(connection, open(Role.SECONDARY, 1));
        });

        assertThat(read(Side.LEGACY)).contains(open(Role.PRIMARY, EPOCH));
    }

    @Test
    void many_instances_may_create_a_fence_at_once() throws Exception {
        List<Future<Boolean>> creators = IntStream.range(0, 6)
                .mapToObj(i -> meanwhile(() -> inTransaction(connection -> {
                    fence(Side.NEW).create(connection, open(Role.SECONDARY, EPOCH));
                    return true;
                })))
                .toList();
        for (Future<Boolean> creator : creators) {
            creator.get();
        }

        assertThat(number("SELECT count(*) FROM crossfade_fence WHERE side = 'N'"))
                .isEqualTo(FenceTable.STRIPES);
    }

    @Test
    void a_change_reaches_every_stripe_and_leaves_other_fences_alone() {
        execute(connection -> {
            fence(Side.NEW).create(connection, open(Role.SECONDARY, EPOCH));
        });
        FenceRow changed = new FenceRow(Role.DRAINING, Stage.NEW_PRIMARY, 8, 4, 12, "there");

        writeFence(changed);

        for (int stripe = 0; stripe < FenceTable.STRIPES; stripe++) {
            assertThat(shared(Side.LEGACY, stripe)).contains(changed);
        }
        assertThat(read(Side.NEW)).contains(open(Role.SECONDARY, EPOCH));
    }

    @Test
    void sharers_of_different_stripes_do_not_wait_for_each_other() throws SQLException {
        try (Connection one = session();
                Connection other = session()) {
            assertThat(fence().lockShared(one, 1)).isPresent();
            assertThat(fence().lockShared(other, 2)).isPresent();
            one.rollback();
            other.rollback();
        }
    }

    @Test
    void a_closer_gives_up_in_time_while_any_stripe_is_held_and_gets_in_afterwards() throws SQLException {
        for (int stripe : new int[] {0, 9, 15}) {
            try (Connection holder = session();
                    Connection closer = session()) {
                assertThat(fence().lockShared(holder, stripe)).isPresent();
                assertThat(fence().lockExclusive(closer, SHORT)).isEmpty();
                closer.rollback();
                holder.commit();
                assertThat(fence().lockExclusive(closer, LONG)).contains(open(Role.PRIMARY, EPOCH));
                closer.rollback();
            }
        }
    }

    @Test
    void a_sharer_waits_for_the_closer_and_sees_what_it_wrote() throws Exception {
        try (Connection closer = session()) {
            assertThat(fence().lockExclusive(closer, LONG)).isPresent();
            fence().write(closer, open(Role.DRAINING, EPOCH + 1));
            Future<Optional<FenceRow>> sharer = meanwhile(() -> shared(Side.LEGACY, 3));
            awaitBlockedSession();
            assertThat(sharer).isNotDone();
            closer.commit();

            assertThat(sharer.get()).contains(open(Role.DRAINING, EPOCH + 1));
        }
    }

    @Test
    void two_closers_exclude_each_other() throws SQLException {
        try (Connection first = session();
                Connection second = session()) {
            assertThat(fence().lockExclusive(first, LONG)).isPresent();
            assertThat(fence().lockExclusive(second, SHORT)).isEmpty();
            second.rollback();
            first.rollback();
        }
    }

    @Test
    void locks_are_refused_outside_a_transaction() throws SQLException {
        try (Connection connection = database().connect()) {
            assertThatThrownBy(() -> fence().lockShared(connection, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> fence().lockExclusive(connection, LONG)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> fence().write(connection, open(Role.DRAINING, 8)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whoever_holds_the_fence_is_named_and_can_be_terminated_where_nobody_else_is_named() throws Exception {
        try (Connection holder = session();
                Connection operator = database().connect();
                Connection closer = session()) {
            assertThat(fence().lockShared(holder, 4)).isPresent();
            // Not every engine shows a transaction's locks at once.
            await().until(() -> !fence().holders(operator).isEmpty());
            List<Holder> holders = fence().holders(operator);
            assertThat(holders).hasSize(1);
            assertThat(holders.get(0).toString())
                    .startsWith("session " + holders.get(0).session() + ", open for ");

            assertThat(fence().terminate(operator, holders.get(0).session()))
                    .isEqualTo(dialect().knowsHolders());
            if (!dialect().knowsHolders()) {
                assertThat(fence().lockShared(holder, 4)).isPresent();
                holder.rollback();
                return;
            }
            assertThat(fence().lockExclusive(closer, LONG)).isPresent();
            assertThatThrownBy(() -> fence().lockShared(holder, 4)).isInstanceOf(SQLException.class);
            closer.rollback();
        }
    }

    @Test
    void a_session_that_does_not_hold_the_fence_is_not_terminated() throws SQLException {
        try (Connection operator = database().connect();
                Connection idle = session()) {
            // What another test has held MariaDB may show for a moment.
            await().until(() -> fence().holders(operator).isEmpty());
            assertThat(fence().terminate(operator, "1")).isFalse();
            assertThat(fence().lockShared(idle, 0)).isPresent();
            idle.rollback();
        }
    }

    @Test
    void of_two_movers_of_different_migrations_the_second_waits_and_sees_what_the_first_began() throws Exception {
        FenceTable other = new FenceTable(dialect(), Schema.DEFAULT_PREFIX, "invoices", Side.NEW);
        execute(connection -> other.create(connection, open(Role.PRIMARY, EPOCH)));
        try (Connection first = session()) {
            other.lockMoves(first);
            other.write(first, open(Role.DRAINING, EPOCH + 1));
            Future<List<String>> second = meanwhile(() -> inTransaction(connection -> {
                fence().lockMoves(connection);
                return fence().otherMoves(connection, LONG);
            }));
            awaitBlockedSession();
            assertThat(second).isNotDone();
            first.commit();

            assertThat(second.get())
                    .singleElement()
                    .asString()
                    .startsWith("migration 'invoices' moves, its fence is DRAINING for ");
        }
        execute(connection -> {
            assertThat(other.otherMoves(connection, LONG)).isEmpty();
            assertThat(fence().otherMoves(connection, Duration.ZERO)).isEmpty();
        });
    }

    private Optional<FenceRow> read(Side side) {
        return inTransaction(fence(side)::read);
    }

    private Optional<FenceRow> shared(Side side, int stripe) {
        return inTransaction(connection -> fence(side).lockShared(connection, stripe));
    }
}
