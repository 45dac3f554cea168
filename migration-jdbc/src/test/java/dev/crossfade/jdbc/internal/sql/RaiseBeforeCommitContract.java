package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Touch;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Raising the versions where COMMIT follows, alone or in the same round trip. */
abstract class RaiseBeforeCommitContract extends SqlContract {
    /** More than one statement takes. */
    private static final int MANY = 1_100;

    @Test
    void what_was_written_and_its_versions_stand_after_the_commit() throws SQLException {
        try (Connection writer = session()) {
            insertItem(writer);
            assertThat(ledger().raiseBeforeCommit(writer, 0, EPOCH, written(1L, 2L)))
                    .isTrue();
            writer.commit();
        }
        assertThat(items()).isEqualTo(1);
        assertThat(raised()).containsExactlyInAnyOrder(key(1L), key(2L));
    }

    @Test
    void without_touches_the_transaction_commits() throws SQLException {
        try (Connection writer = session()) {
            insertItem(writer);
            assertThat(ledger().raiseBeforeCommit(writer, 0, EPOCH, List.of())).isTrue();
            writer.commit();
        }
        assertThat(items()).isEqualTo(1);
    }

    @Test
    void any_number_of_keys_is_raised_with_one_commit() throws SQLException {
        try (Connection writer = session()) {
            assertThat(ledger().raiseBeforeCommit(writer, 0, EPOCH, many())).isTrue();
            writer.commit();
        }
        assertThat(raised()).hasSize(MANY);
    }

    @Test
    void a_fence_that_does_not_hold_lets_nothing_stand() throws SQLException {
        for (Role role : List.of(Role.DRAINING, Role.SECONDARY, Role.PREPARED)) {
            writeFence(open(role, EPOCH));
            refused();
        }
        for (long epoch : new long[] {EPOCH - 1, EPOCH + 1}) {
            writeFence(open(Role.PRIMARY, epoch));
            refused();
        }
    }

    private void refused() throws SQLException {
        for (List<Touch> touches : List.of(List.<Touch>of(), written(1L), written(1L, 2L), many())) {
            try (Connection writer = session()) {
                insertItem(writer);
                assertThat(ledger().raiseBeforeCommit(writer, 0, EPOCH, touches))
                        .isFalse();
                writer.rollback();
            }
            assertThat(items()).isZero();
            assertThat(raised()).isEmpty();
        }
    }

    private static List<Touch> many() {
        return written(LongStream.range(0, MANY).boxed().toArray());
    }

    final void insertItem(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO item VALUES (1)");
        }
    }

    /** As another session sees them. */
    final long items() {
        return number("SELECT count(*) FROM item");
    }

    final Set<EntityKey> raised() {
        return Set.copyOf(inTransaction(connection -> ledger().pending(connection, 2 * MANY)));
    }
}
