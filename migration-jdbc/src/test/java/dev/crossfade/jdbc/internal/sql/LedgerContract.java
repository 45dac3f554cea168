package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What writes and marks do to the ledger of the primary, and the fence to them, on every database. */
abstract class LedgerContract extends LedgerSteps {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void a_first_write_gives_the_first_version_of_the_fences_generation() {
        assertThat(raise(written(1L))).isTrue();

        assertThat(row(1L)).isEqualTo(row(version(1), Change.WRITTEN, true));
    }

    @Test
    void every_write_raises_the_version_and_notes_the_last_change() {
        raise(written(1L));
        raise(List.of(new Touch(key(1L), Change.DELETED)));

        assertThat(row(1L)).isEqualTo(row(version(2), Change.DELETED, true));
    }

    @Test
    void several_touches_of_a_key_raise_it_once_and_the_last_one_counts() {
        raise(List.of(new Touch(key(1L), Change.WRITTEN), new Touch(key(1L), Change.DELETED)));

        assertThat(row(1L)).isEqualTo(row(version(1), Change.DELETED, true));
    }

    @Test
    void nothing_is_written_where_the_fence_is_closed_or_at_another_epoch() {
        for (Role role : List.of(Role.DRAINING, Role.SECONDARY, Role.PREPARED)) {
            writeFence(open(role, EPOCH));
            assertThat(raise(written(1L))).isFalse();
            assertThat(raise(List.of())).isFalse();
        }
        for (long epoch : new long[] {EPOCH - 1, EPOCH + 1}) {
            writeFence(open(Role.PRIMARY, epoch));
            assertThat(raise(written(1L))).isFalse();
            assertThat(raise(List.of())).isFalse();
        }
        assertThat(keys()).isEmpty();
    }

    @Test
    void without_touches_the_fence_is_checked_and_held() throws SQLException {
        try (Connection writer = session();
                Connection closer = session()) {
            assertThat(ledger().raise(writer, 0, EPOCH, List.of())).isTrue();
            assertThat(fence().lockExclusive(closer, Duration.ofMillis(50))).isEmpty();
            closer.rollback();
            writer.rollback();
        }
    }

    @Test
    void a_rollback_leaves_no_trace() throws SQLException {
        try (Connection writer = session()) {
            ledger().raise(writer, 0, EPOCH, written(1L));
            writer.rollback();
        }
        assertThat(keys()).isEmpty();
    }

    @Test
    void raising_is_refused_outside_a_transaction() throws SQLException {
        try (Connection connection = database().connect()) {
            assertThatThrownBy(() -> ledger().raise(connection, 0, EPOCH, written(1L)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void any_number_of_keys_can_be_raised_and_read_at_once() {
        Object[] keys = LongStream.range(0, 1_234).boxed().toArray();
        raise(written(keys));
        raise(written(keys));

        Map<EntityKey, Row> rows = rows(keys);

        assertThat(rows).hasSize(1_234);
        assertThat(rows.values()).containsOnly(row(version(2), Change.WRITTEN, true));
        assertThat(writes()).isEqualTo(2 * 1_234);
    }

    @Test
    void sides_and_migrations_do_not_see_each_others_keys() {
        LedgerTable other =
                new LedgerTable(dialect(), Schema.DEFAULT_PREFIX, "invoices", Side.LEGACY, KeyCodec.standard());
        raise(written(1L));

        assertThat(rowsOf(other, List.of(key(1L)))).isEmpty();
        assertThat(rowsOf(ledger(Side.NEW), List.of(key(1L)))).isEmpty();
    }

    @Test
    void keys_compare_byte_by_byte() {
        Object[] keys = {
            "a",
            "A",
            "a ",
            " a",
            "a\0",
            "",
            "\0",
            "'",
            "\"",
            "\\",
            "%",
            "_",
            "ä",
            "a\u0308",
            "ß",
            "ss",
            "\uD83D\uDE00",
            "\n",
            0L,
            0,
            (short) 0,
            -1L,
            255L,
            0xFF00FF00FFL,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            new UUID(0, 0),
            new UUID(-1, -1),
            List.of(),
            List.of("a"),
            List.of("a", ""),
            List.of("", "a"),
            List.of(1L, "x"),
            "?",
            "$1",
            "a;b"
        };

        raise(written(keys));

        assertThat(rows(keys)).hasSize(keys.length);
        assertThat(rows(keys).keySet()).containsExactlyInAnyOrderElementsOf(keysOf(keys));
        assertThat(keys()).containsExactlyInAnyOrderElementsOf(keysOf(keys));
        raise(written("a"));
        assertThat(row("a").effective()).isEqualTo(version(2));
        assertThat(row("a ").effective()).isEqualTo(version(1));
        assertThat(row("A").effective()).isEqualTo(version(1));
    }

    @Test
    void entities_compare_byte_by_byte() {
        List<EntityKey> keys =
                List.of(new EntityKey("Order", 1L), new EntityKey("order", 1L), new EntityKey("Ordér", 1L));
        inTransaction(connection -> ledger().raise(
                        connection,
                        0,
                        EPOCH,
                        keys.stream().map(key -> new Touch(key, Change.WRITTEN)).toList()));

        assertThat(rowsOf(ledger(), keys).keySet()).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void the_generation_of_the_fence_raises_every_version() {
        raise(written(1L, 2L));
        writeFence(new FenceRow(Role.PRIMARY, Stage.LEGACY_PRIMARY, EPOCH, GENERATION + 1, 11, "here"));

        assertThat(row(1L).effective()).isEqualTo(new Version(GENERATION + 1, Counter.WRITE));
        raise(written(1L));
        assertThat(row(1L).effective()).isEqualTo(new Version(GENERATION + 1, 2 * Counter.WRITE));
    }

    @Test
    void a_version_of_a_later_generation_than_the_fences_is_never_lowered() {
        writeFence(open(Role.SECONDARY, EPOCH));
        raiseTo(Map.of(1L, applied(GENERATION + 5, 2)));
        writeFence(open(Role.PRIMARY, EPOCH));

        raise(written(1L));

        assertThat(row(1L).effective()).isEqualTo(new Version(GENERATION + 5, Counter.WRITE));
    }

    @Test
    void a_closer_waits_for_a_writer_and_the_next_writer_is_refused() throws Exception {
        try (Connection writer = session();
                Connection closer = session()) {
            assertThat(ledger().raise(writer, 5, EPOCH, written(1L))).isTrue();
            Future<Optional<FenceRow>> closing = meanwhile(() -> fence().lockExclusive(closer, LONG));
            awaitBlockedSession();
            assertThat(closing).isNotDone();
            writer.commit();
            assertThat(closing.get()).isPresent();
            fence().write(closer, open(Role.DRAINING, EPOCH + 1));
            Future<Boolean> late = meanwhile(() -> raise(written(2L)));
            awaitBlockedSession();
            closer.commit();

            assertThat(late.get()).isFalse();
        }
        assertThat(keys()).containsExactly(key(1L));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Connection.TRANSACTION_READ_COMMITTED,
                Connection.TRANSACTION_REPEATABLE_READ,
                Connection.TRANSACTION_SERIALIZABLE
            })
    void no_transaction_commits_across_a_close_whatever_its_snapshot_says(int isolation) throws Exception {
        raise(written(1L));
        for (Object key : new Object[] {1L, 2L}) {
            writeFence(open(Role.PRIMARY, EPOCH));
            try (Connection writer = session(isolation)) {
                insertItem(writer);
                writeFence(open(Role.DRAINING, EPOCH));
                assertThat(isRefused(() -> ledger().raise(writer, 3, EPOCH, written(key))))
                        .isTrue();
                writer.rollback();
            }
        }
        assertThat(writes()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Connection.TRANSACTION_READ_COMMITTED,
                Connection.TRANSACTION_REPEATABLE_READ,
                Connection.TRANSACTION_SERIALIZABLE
            })
    void a_writer_that_waited_for_a_closer_is_refused(int isolation) throws Exception {
        raise(written(1L));
        for (Object key : new Object[] {1L, 2L}) {
            writeFence(open(Role.PRIMARY, EPOCH));
            try (Connection writer = session(isolation);
                    Connection closer = session()) {
                insertItem(writer);
                assertThat(fence().lockExclusive(closer, LONG)).isPresent();
                fence().write(closer, open(Role.DRAINING, EPOCH));
                Future<Boolean> refused =
                        meanwhile(() -> isRefused(() -> ledger().raise(writer, 3, EPOCH, written(key))));
                awaitBlockedSession();
                closer.commit();
                assertThat(refused.get()).isTrue();
                writer.rollback();
            }
        }
        assertThat(writes()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Connection.TRANSACTION_READ_COMMITTED,
                Connection.TRANSACTION_REPEATABLE_READ,
                Connection.TRANSACTION_SERIALIZABLE
            })
    void versions_follow_the_order_of_commits_or_the_later_writer_is_told_to_retry(int isolation) throws Exception {
        try (Connection first = session(isolation);
                Connection second = session(isolation)) {
            number(second, "SELECT count(*) FROM crossfade_claim");
            ledger().raise(first, 1, EPOCH, written(1L));
            Future<Boolean> refused = meanwhile(() -> isRefused(() -> ledger().raise(second, 2, EPOCH, written(1L))));
            awaitBlockedSession();
            first.commit();
            if (refused.get()) {
                second.rollback();
                assertThat(row(1L).effective()).isEqualTo(version(1));
            } else {
                second.commit();
                assertThat(row(1L).effective()).isEqualTo(version(2));
            }
        }
    }

    @Test
    void a_closer_gets_in_between_sixteen_writers_that_never_pause() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<Long>> writers = IntStream.range(0, 16)
                .mapToObj(number -> meanwhile(() -> writeUntil(stop, number)))
                .toList();
        try (Connection closer = session()) {
            await().until(() -> writes() > 200);
            assertThat(fence().lockExclusive(closer, LONG)).isPresent();
            fence().write(closer, open(Role.DRAINING, EPOCH + 1));
            closer.commit();
        }
        // The writers end because they are refused, not because they are told to.
        long acknowledged = 0;
        for (Future<Long> writer : writers) {
            acknowledged += writer.get();
        }
        stop.set(true);
        assertThat(writes()).isEqualTo(acknowledged);
    }

    private long writeUntil(AtomicBoolean stop, int number) throws SQLException {
        long committed = 0;
        try (Connection connection = session()) {
            while (!stop.get() && ledger().raise(connection, number, EPOCH, written((long) number))) {
                connection.commit();
                committed++;
            }
            connection.rollback();
        }
        return committed;
    }

    @Test
    void threads_that_raise_overlapping_keys_do_not_deadlock_and_lose_no_write() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        int threads = 32;
        int rounds = 15;
        List<Future<Integer>> writers = IntStream.range(0, threads)
                .mapToObj(number -> meanwhile(() -> raiseAtRandom(new Random(seed + number), number, rounds)))
                .toList();
        long raised = 0;
        for (Future<Integer> writer : writers) {
            raised += writer.get();
        }

        assertThat(writes()).isEqualTo(raised);
    }

    private int raiseAtRandom(Random random, int number, int rounds) throws SQLException {
        int raised = 0;
        try (Connection connection = session()) {
            for (int round = 0; round < rounds; round++) {
                Set<Long> keys = new HashSet<>();
                for (int i = 0; i < 5; i++) {
                    keys.add((long) random.nextInt(20));
                }
                List<Object> shuffled = new ArrayList<>(keys);
                Collections.shuffle(shuffled, random);
                assertThat(ledger().raise(connection, number % FenceTable.STRIPES, EPOCH, written(shuffled.toArray())))
                        .isTrue();
                connection.commit();
                raised += keys.size();
            }
        }
        return raised;
    }

    @Test
    void a_mark_is_noted_only_where_nothing_else_is_pending() {
        raise(written(1L, 2L));
        raise(List.of(new Touch(key(3L), Change.DELETED)));
        acknowledge(2L, version(1));

        assertThat(mark(1L, 2L, 3L, 4L, 4L)).hasValue(4);

        assertThat(row(1L)).isEqualTo(row(version(1, 1), Change.WRITTEN, true));
        assertThat(row(2L)).isEqualTo(row(version(1, 1), Change.MARKED, true));
        assertThat(row(3L)).isEqualTo(row(version(1, 1), Change.DELETED, true));
        assertThat(row(4L)).isEqualTo(row(version(0, 1), Change.MARKED, true));
    }

    @Test
    void no_number_of_marks_lifts_a_version_to_that_of_a_later_write() {
        raise(written(1L));
        for (int marks = 1; marks <= 20; marks++) {
            mark(1L, 2L);
            assertThat(row(1L).effective()).isEqualTo(version(1, marks)).isLessThan(version(2));
            assertThat(row(2L).effective()).isEqualTo(version(0, marks)).isLessThan(version(1));
        }

        raise(written(1L, 2L));

        assertThat(row(1L).effective()).isEqualTo(version(2));
        assertThat(row(2L).effective()).isEqualTo(version(1));
    }

    @Test
    void marks_without_end_still_raise_the_version_and_so_does_the_write_after_them() {
        raise(written(1L));
        execute("UPDATE crossfade_ledger SET counter = counter + " + (Counter.WRITE - 1));

        mark(1L);
        assertThat(row(1L).effective()).isEqualTo(version(2));
        mark(1L);
        assertThat(row(1L).effective()).isEqualTo(version(2, 1));
        raise(written(1L));
        assertThat(row(1L).effective()).isEqualTo(version(3));
    }

    @Test
    void marks_are_accepted_while_draining_and_nowhere_else_but_on_the_primary() {
        writeFence(open(Role.DRAINING, EPOCH));
        assertThat(mark(1L)).hasValue(1);
        assertThat(mark()).hasValue(0);
        for (Role role : List.of(Role.SECONDARY, Role.PREPARED)) {
            writeFence(open(role, EPOCH));
            assertThat(mark(2L)).isEmpty();
            assertThat(mark()).isEmpty();
        }
        writeFence(open(Role.PRIMARY, EPOCH + 1));
        assertThat(mark(2L)).isEmpty();

        assertThat(keys()).containsExactly(key(1L));
    }

    private interface Attempt {
        boolean run() throws SQLException;
    }

    /** Refused by the fence, or lost to contention and to be tried again. */
    private static boolean isRefused(Attempt attempt) throws SQLException {
        try {
            return !attempt.run();
        } catch (SQLException e) {
            if (SqlFailure.isContention(e)) {
                return true;
            }
            throw e;
        }
    }

    /** A user's write, which also takes the transaction's snapshot. */
    private static void insertItem(Connection connection) throws SQLException {
        number(connection, "SELECT count(*) FROM item");
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO item VALUES (1)");
        }
    }

    private static long number(Connection connection, String select) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            row.next();
            return row.getLong(1);
        }
    }
}
