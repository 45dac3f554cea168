package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ledger promises on every database. */
abstract class LedgerContract extends SqlContract {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ZERO;

    // Raising

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

    // The fence and writers at the same time

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

    // Marks

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

    // Applying to the secondary

    @Test
    void keys_that_are_behind_are_raised_and_named() {
        writeFence(open(Role.SECONDARY, EPOCH));

        assertThat(raiseTo(Map.of(1L, applied(3, 4), 2L, applied(3, 1)))).contains(Set.of(key(1L), key(2L)));
        assertThat(raiseTo(Map.of(1L, applied(3, 4), 2L, applied(3, 2), 3L, applied(4, 1))))
                .contains(Set.of(key(2L), key(3L)));

        assertThat(row(1L)).isEqualTo(row(new Version(3, 4), Change.WRITTEN, false));
        assertThat(row(2L)).isEqualTo(row(new Version(3, 2), Change.WRITTEN, false));
        assertThat(row(3L)).isEqualTo(row(new Version(4, 1), Change.WRITTEN, false));
    }

    @Test
    void a_row_that_is_missing_counts_as_nothing_in_the_fences_generation() {
        writeFence(open(Role.SECONDARY, EPOCH));

        assertThat(raiseTo(Map.of(1L, applied(GENERATION - 1, 99), 2L, applied(GENERATION, 0))))
                .contains(Set.of());

        assertThat(raiseTo(Map.of(3L, applied(GENERATION, 1)))).contains(Set.of(key(3L)));
    }

    @Test
    void a_row_of_an_old_generation_counts_as_its_counter_in_the_fences() {
        writeFence(open(Role.SECONDARY, EPOCH));
        raiseTo(Map.of(1L, applied(GENERATION, 5)));
        writeFence(new FenceRow(Role.SECONDARY, Stage.LEGACY_PRIMARY, EPOCH, GENERATION + 1, 11, "here"));

        assertThat(raiseTo(Map.of(1L, applied(GENERATION + 1, 5)))).contains(Set.of());
        assertThat(raiseTo(Map.of(1L, applied(GENERATION, 9)))).contains(Set.of());
        assertThat(raiseTo(Map.of(1L, applied(GENERATION + 1, 6)))).contains(Set.of(key(1L)));
    }

    @Test
    void nothing_is_applied_where_the_side_is_not_secondary_or_at_a_later_epoch() {
        for (Role role : List.of(Role.PRIMARY, Role.DRAINING, Role.PREPARED)) {
            writeFence(open(role, EPOCH));
            assertThat(raiseTo(Map.of(1L, applied(9, 9)))).isEmpty();
            assertThat(raiseTo(Map.of())).isEmpty();
        }
        writeFence(open(Role.SECONDARY, EPOCH + 1));
        assertThat(raiseTo(Map.of(1L, applied(9, 9)))).isEmpty();
        assertThat(raiseTo(Map.of())).isEmpty();
        assertThat(keys()).isEmpty();

        writeFence(open(Role.SECONDARY, EPOCH - 1));
        assertThat(raiseTo(Map.of(1L, applied(9, 9)))).contains(Set.of(key(1L)));
    }

    @Test
    void the_secondary_never_goes_backwards_in_any_order_and_with_duplicates() {
        writeFence(open(Role.SECONDARY, EPOCH));
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Applied> deliveries = new ArrayList<>();
        for (int counter = 1; counter <= 4; counter++) {
            for (long generation = GENERATION; generation <= GENERATION + 2; generation++) {
                deliveries.add(applied(generation, counter));
                deliveries.add(applied(generation, counter));
            }
        }
        for (long key = 0; key < 5; key++) {
            Collections.shuffle(deliveries, random);
            Version highest = new Version(GENERATION, 0);
            for (Applied delivery : deliveries) {
                boolean behind = raiseTo(Map.of(key, delivery)).orElseThrow().contains(key(key));
                assertThat(behind).isEqualTo(highest.isBefore(delivery.version()));
                highest = behind ? delivery.version() : highest;
                assertThat(row(key).effective()).isEqualTo(highest);
            }
            assertThat(highest).isEqualTo(new Version(GENERATION + 2, 4));
        }
    }

    @Test
    void refreshers_of_the_same_keys_wait_for_each_other_and_only_one_is_told_to_write() throws Exception {
        writeFence(open(Role.SECONDARY, EPOCH));
        for (long counter : new long[] {1, 2}) {
            Map<EntityKey, Applied> versions = Map.of(key(1L), applied(GENERATION, counter));
            try (Connection first = session();
                    Connection second = session()) {
                assertThat(ledger().raiseTo(first, 1, EPOCH, versions)).contains(Set.of(key(1L)));
                Future<Optional<Set<EntityKey>>> other = meanwhile(() -> ledger().raiseTo(second, 2, EPOCH, versions));
                awaitBlockedSession();
                first.commit();
                assertThat(other.get()).contains(Set.of());
                second.commit();
            }
        }
    }

    @Test
    void a_thousand_keys_are_applied_at_once() {
        writeFence(open(Role.SECONDARY, EPOCH));
        Map<Object, Applied> versions = new HashMap<>();
        for (long key = 0; key < 1_100; key++) {
            versions.put(key, applied(GENERATION, key % 3));
        }

        assertThat(raiseTo(versions).orElseThrow()).hasSize(733);
        assertThat(raiseTo(versions).orElseThrow()).isEmpty();
    }

    @Test
    void refreshers_of_overlapping_keys_do_not_deadlock_and_end_at_the_highest_versions() throws Exception {
        writeFence(open(Role.SECONDARY, EPOCH));
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        List<Future<Void>> refreshers = IntStream.range(0, 8)
                .mapToObj(number -> meanwhile(() -> applyAtRandom(new Random(seed + number), number)))
                .toList();
        for (Future<Void> refresher : refreshers) {
            refresher.get();
        }

        assertThat(rows(LongStream.range(0, 20).boxed().toArray()).values())
                .containsOnly(row(new Version(GENERATION, 8 * 20 - 1), Change.WRITTEN, false));
    }

    private @Nullable Void applyAtRandom(Random random, int number) throws SQLException {
        try (Connection connection = session()) {
            for (int round = 0; round < 20; round++) {
                List<Long> keys =
                        new ArrayList<>(LongStream.range(0, 20).boxed().toList());
                Collections.shuffle(keys, random);
                // The last round of all covers every key, so the result is known.
                Map<EntityKey, Applied> versions = new HashMap<>();
                for (Long key : round == 19 ? keys : keys.subList(0, 7)) {
                    versions.put(key(key), applied(GENERATION, round * 8 + number));
                }
                assertThat(ledger().raiseTo(connection, number, EPOCH, versions))
                        .isPresent();
                connection.commit();
            }
        }
        return null;
    }

    // Acknowledging

    @Test
    void a_key_at_the_acknowledged_version_becomes_clean() {
        raise(written(1L, 2L));

        acknowledge(1L, version(1));

        assertThat(row(1L).pending()).isFalse();
        assertThat(row(2L).pending()).isTrue();
        assertThat(pendingKeys()).containsExactly(key(2L));
    }

    @Test
    void a_key_that_has_moved_on_stays_pending() {
        raise(written(1L));
        raise(written(1L));

        acknowledge(1L, version(1));
        acknowledge(1L, version(3));
        acknowledge(1L, new Version(GENERATION + 1, 2 * Counter.WRITE));

        assertThat(row(1L)).isEqualTo(row(version(2), Change.WRITTEN, true));
        acknowledge(1L, version(2));
        assertThat(row(1L).pending()).isFalse();
    }

    @Test
    void acknowledging_compares_effective_versions() {
        raise(written(1L));
        writeFence(new FenceRow(Role.PRIMARY, Stage.LEGACY_PRIMARY, EPOCH, GENERATION + 1, 11, "here"));

        acknowledge(1L, version(1));
        assertThat(row(1L).pending()).isTrue();
        acknowledge(1L, new Version(GENERATION + 1, Counter.WRITE));
        assertThat(row(1L).pending()).isFalse();
    }

    @Test
    void a_key_that_has_moved_on_counts_as_pending_since_it_was_read() {
        raise(written(1L));
        execute("UPDATE crossfade_ledger SET pending_since = " + hoursAgo(2));
        assertThat(backlog().lag()).isGreaterThan(Duration.ofMinutes(119));
        raise(written(1L));
        Instant readAt = inTransaction(ledger()::now).minus(Duration.ofHours(1));

        acknowledge(1L, version(1), readAt);

        assertThat(backlog().lag()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(62));
        acknowledge(1L, version(1), readAt.minus(Duration.ofHours(5)));
        assertThat(backlog().lag()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(62));
    }

    @Test
    void acknowledging_skips_a_row_that_a_writer_has_locked() throws SQLException {
        raise(written(1L, 2L));
        try (Connection writer = session()) {
            ledger().raise(writer, 0, EPOCH, written(1L));

            acknowledge(Map.of(1L, version(1), 2L, version(1)), Instant.EPOCH);

            assertThat(row(2L).pending()).isFalse();
            writer.commit();
        }
        assertThat(row(1L)).isEqualTo(row(version(2), Change.WRITTEN, true));
    }

    @Test
    void acknowledging_does_not_hold_up_the_fence() throws SQLException {
        raise(written(1L));
        try (Connection closer = session()) {
            assertThat(fence().lockExclusive(closer, LONG)).isPresent();
            fence().write(closer, open(Role.DRAINING, EPOCH + 1));
            acknowledge(1L, version(1));
            closer.rollback();
        }
        assertThat(row(1L).pending()).isFalse();
    }

    @Test
    void a_clean_key_becomes_pending_again_with_the_next_write() {
        raise(written(1L));
        acknowledge(1L, version(1));
        raise(written(1L));

        assertThat(row(1L)).isEqualTo(row(version(2), Change.WRITTEN, true));
    }

    @Test
    void many_keys_are_acknowledged_at_once() {
        Object[] keys = LongStream.range(0, 1_100).boxed().toArray();
        raise(written(keys));
        Map<Object, Version> versions = new HashMap<>();
        for (Object key : keys) {
            versions.put(key, version(1));
        }

        acknowledge(versions, Instant.EPOCH);

        assertThat(inTransaction(ledger()::isSettled)).isTrue();
    }

    // What is pending

    @Test
    void pending_keys_come_oldest_first() {
        for (long key : new long[] {3, 1, 2}) {
            raise(written(key));
        }
        raise(written(3L));

        assertThat(pendingKeys()).containsExactly(key(3L), key(1L), key(2L));
        assertThat(pending(2))
                .containsExactly(
                        new PendingRow(key(3L), version(2), Change.WRITTEN, 0),
                        new PendingRow(key(1L), version(1), Change.WRITTEN, 0));
    }

    @Test
    void an_empty_ledger_is_settled() {
        assertThat(inTransaction(ledger()::isSettled)).isTrue();
        assertThat(backlog()).isEqualTo(new Backlog(0, 0, Duration.ZERO));
    }

    @Test
    void the_backlog_counts_up_to_its_bound() {
        raise(written(1L, 2L, 3L));

        assertThat(inTransaction(ledger()::isSettled)).isFalse();
        assertThat(backlog().pending()).isEqualTo(3);
        assertThat(inTransaction(connection -> ledger().backlog(connection, 2)).pending())
                .isEqualTo(2);
        assertThat(backlog().lag()).isPositive().isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void database_time_is_in_no_sessions_zone() throws SQLException {
        Instant now = inTransaction(ledger()::now);
        Instant elsewhere;
        try (Connection connection = session()) {
            setZone(connection);
            ledger().raise(connection, 0, EPOCH, written(1L));
            elsewhere = ledger().now(connection);
            connection.commit();
        }

        assertThat(Duration.between(Instant.now(), now).abs()).isLessThan(Duration.ofMinutes(5));
        assertThat(Duration.between(now, elsewhere)).isBetween(Duration.ZERO, Duration.ofMinutes(5));
        assertThat(backlog().lag()).isLessThan(Duration.ofMinutes(5));
    }

    // Failures

    @Test
    void a_failed_key_waits_for_its_next_try() {
        raise(written(1L, 2L));

        assertThat(fail(1L, version(1), LONG, null)).isEqualTo(1);
        assertThat(pendingKeys()).containsExactly(key(2L));
        assertThat(fail(1L, version(1), NOW, null)).isEqualTo(2);

        assertThat(pending(10)).contains(new PendingRow(key(1L), version(1), Change.WRITTEN, 2));
        assertThat(backlog().parked()).isZero();
        assertThat(backlog().pending()).isEqualTo(2);
    }

    @Test
    void a_parked_key_waits_for_a_person_and_does_not_count_as_lag() {
        raise(written(1L));
        fail(1L, version(1), NOW, "Refused");

        assertThat(pendingKeys()).isEmpty();
        assertThat(backlog()).isEqualTo(new Backlog(1, 1, Duration.ZERO));
        assertThat(inTransaction(ledger()::isSettled)).isFalse();
        ParkedKey parked = parkedKeys().get(0);
        assertThat(parked.key()).isEqualTo(key(1L));
        assertThat(parked.reason()).isEqualTo("Refused");
        assertThat(parked.attempts()).isEqualTo(1);
        assertThat(parked.dirtyFor()).isPositive().isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void a_later_write_gives_a_parked_key_one_more_try() {
        raise(written(1L));
        fail(1L, version(1), LONG, "Refused");
        raise(written(1L));

        assertThat(pending(10)).containsExactly(new PendingRow(key(1L), version(2), Change.WRITTEN, 1));
        assertThat(backlog().parked()).isZero();
        assertThat(parkedKeys()).isEmpty();
        fail(1L, version(2), LONG, "Refused again");
        assertThat(parkedKeys()).extracting(ParkedKey::reason).containsExactly("Refused again");
    }

    @Test
    void a_parked_key_stays_parked_when_the_generation_rises() {
        raise(written(1L));
        fail(1L, version(1), LONG, "Refused");
        writeFence(new FenceRow(Role.PRIMARY, Stage.LEGACY_PRIMARY, EPOCH, GENERATION + 1, 11, "here"));

        assertThat(backlog().parked()).isEqualTo(1);
        assertThat(pendingKeys()).isEmpty();
    }

    @Test
    void success_forgets_the_failures_of_a_key() {
        raise(written(1L));
        fail(1L, version(1), NOW, null);
        acknowledge(1L, version(1));
        raise(written(1L));

        assertThat(pending(10)).containsExactly(new PendingRow(key(1L), version(2), Change.WRITTEN, 0));
    }

    @Test
    void success_at_an_older_version_forgets_older_failures_only() {
        raise(written(1L, 2L));
        fail(1L, version(1), NOW, null);
        raise(written(1L, 2L));
        fail(2L, version(2), NOW, "Refused");

        acknowledge(Map.of(1L, version(1), 2L, version(1)), Instant.EPOCH);

        assertThat(number("SELECT count(*) FROM crossfade_failure")).isEqualTo(1);
        assertThat(backlog().parked()).isEqualTo(1);
    }

    @Test
    void retrying_makes_parked_keys_due_as_if_they_were_marked() {
        raise(written(1L, 2L, 3L));
        fail(1L, version(1), LONG, "Refused");
        fail(2L, version(1), LONG, null);

        int retried = inTransaction(connection -> ledger().retry(connection, keysOf(1L, 2L, 3L, 4L)));

        assertThat(retried).isEqualTo(1);
        assertThat(pending(10))
                .containsExactlyInAnyOrder(
                        new PendingRow(key(1L), version(1), Change.MARKED, 0),
                        new PendingRow(key(3L), version(1), Change.WRITTEN, 0));
    }

    @Test
    void discarding_cleans_parked_keys_and_no_others() {
        raise(written(1L, 2L, 3L));
        fail(1L, version(1), LONG, "Refused");
        fail(2L, version(1), LONG, "Refused");
        raise(written(2L));

        assertThat(discard(1L, 2L, 3L, 4L)).containsExactly(key(1L));

        assertThat(row(1L)).isEqualTo(row(version(1), Change.WRITTEN, false));
        assertThat(pendingKeys()).containsExactlyInAnyOrder(key(2L), key(3L));
        assertThat(parkedKeys()).isEmpty();
    }

    // All keys

    @Test
    void all_keys_are_listed_in_portions_each_once() {
        List<EntityKey> all = new ArrayList<>();
        for (String entity : List.of("A", "B", "b", "C")) {
            for (long key = -3; key < 4; key++) {
                all.add(new EntityKey(entity, key));
            }
        }
        inTransaction(connection -> ledger().raise(
                        connection,
                        0,
                        EPOCH,
                        all.stream().map(key -> new Touch(key, Change.WRITTEN)).toList()));
        List<EntityKey> listed = new ArrayList<>();
        EntityKey after = null;
        List<EntityKey> portion;
        do {
            EntityKey last = after;
            portion = inTransaction(connection -> ledger().allKeys(connection, last, 5));
            assertThat(portion).hasSizeLessThanOrEqualTo(5);
            listed.addAll(portion);
            after = portion.isEmpty() ? after : portion.get(portion.size() - 1);
        } while (!portion.isEmpty());

        assertThat(listed).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void purging_forgets_keys_and_failures_of_this_side_only() {
        inTransaction(connection -> {
            fence(Side.NEW).create(connection, open(Role.PRIMARY, EPOCH));
            return ledger(Side.NEW).raise(connection, 0, EPOCH, written(1L));
        });
        raise(written(1L, 2L));
        fail(1L, version(1), LONG, "Refused");

        execute(connection -> {
            EntityKey first = ledger().purge(connection, null, 1).orElseThrow();
            EntityKey second = ledger().purge(connection, first, 100).orElseThrow();
            assertThat(ledger().purge(connection, second, 100)).isEmpty();
        });

        assertThat(keys()).isEmpty();
        assertThat(number("SELECT count(*) FROM crossfade_failure")).isZero();
        assertThat(rowsOf(ledger(Side.NEW), List.of(key(1L)))).hasSize(1);
        assertThat(writes()).isZero();
    }

    @Test
    void a_held_key_stays_parked_above_the_other_sides_version_until_it_is_released() {
        raise(written(1L));
        Map<EntityKey, Version> others = Map.of(key(1L), version(7), key(2L), version(3));
        execute(connection ->
                assertThat(ledger().hold(connection, 0, EPOCH, others, "ahead")).isTrue());
        raise(written(1L));

        assertThat(parkedKeys()).extracting(ParkedKey::key).containsExactlyInAnyOrder(key(1L), key(2L));
        assertThat(pendingKeys()).isEmpty();
        assertThat(row(1L)).isEqualTo(new Row(version(8), version(8), Change.WRITTEN, true, true));
        execute(connection -> {
            assertThat(ledger().held(connection, 10)).containsExactlyInAnyOrder(key(1L), key(2L));
            assertThat(ledger().lockHeld(connection, List.of(key(1L), key(3L)))).containsExactly(key(1L));
            assertThat(ledger().purge(connection, null, 100)).isPresent();
            assertThat(ledger().retry(connection, List.of(key(1L), key(2L)))).isEqualTo(2);
        });
        assertThat(pendingKeys()).containsExactlyInAnyOrder(key(1L), key(2L));
        assertThat(row(1L).held()).isFalse();
    }

    // Shorthands

    /** The version of a key after so many writes. */
    private static Version version(long writes) {
        return version(writes, 0);
    }

    private static Version version(long writes, long marks) {
        return new Version(GENERATION, writes * Counter.WRITE + marks);
    }

    private static Applied applied(long generation, long counter) {
        return new Applied(new Version(generation, counter), Change.WRITTEN);
    }

    private static List<EntityKey> keysOf(Object... keys) {
        return written(keys).stream().map(Touch::key).toList();
    }

    private boolean raise(List<Touch> touches) {
        return inTransaction(connection -> ledger().raise(connection, 2, EPOCH, touches));
    }

    private OptionalInt mark(Object... keys) {
        return inTransaction(connection -> ledger().mark(connection, 2, EPOCH, keysOf(keys)));
    }

    private Optional<Set<EntityKey>> raiseTo(Map<?, Applied> versions) {
        Map<EntityKey, Applied> byKey = new HashMap<>();
        versions.forEach((key, version) -> byKey.put(key(key), version));
        return inTransaction(connection -> ledger().raiseTo(connection, 2, EPOCH, byKey));
    }

    private void acknowledge(Object key, Version version) {
        acknowledge(key, version, Instant.EPOCH);
    }

    private void acknowledge(Object key, Version version, Instant readAt) {
        acknowledge(Map.of(key, version), readAt);
    }

    private void acknowledge(Map<?, Version> versions, Instant readAt) {
        Map<EntityKey, Version> byKey = new HashMap<>();
        versions.forEach((key, version) -> byKey.put(key(key), version));
        execute(connection -> {
            ledger().acknowledge(connection, byKey, readAt);
        });
    }

    private int fail(Object key, Version version, Duration pause, @Nullable String reason) {
        return inTransaction(connection -> ledger().fail(connection, key(key), version, pause, reason));
    }

    private Map<EntityKey, Row> rows(Object... keys) {
        return rowsOf(ledger(), keysOf(keys));
    }

    private Map<EntityKey, Row> rowsOf(LedgerTable table, List<EntityKey> keys) {
        return inTransaction(connection -> table.rows(connection, keys));
    }

    private List<PendingRow> pending(int limit) {
        return inTransaction(connection -> ledger().pending(connection, limit));
    }

    private List<ParkedKey> parkedKeys() {
        return inTransaction(connection -> ledger().parked(connection, 10));
    }

    private List<EntityKey> discard(Object... keys) {
        return inTransaction(connection -> ledger().discard(connection, keysOf(keys)));
    }

    private static Row row(Version version, Change change, boolean pending) {
        return new Row(version, version, change, pending, false);
    }

    private Row row(Object key) {
        return Optional.ofNullable(rows(key).get(key(key))).orElseThrow();
    }

    private List<EntityKey> keys() {
        return inTransaction(connection -> ledger().allKeys(connection, null, 10_000));
    }

    private List<EntityKey> pendingKeys() {
        return pending(100).stream().map(PendingRow::key).toList();
    }

    private Backlog backlog() {
        return inTransaction(connection -> ledger().backlog(connection, 1_000));
    }

    /** How often keys were written that nobody has marked. */
    private long writes() {
        long sum = inTransaction(ledger()::sumOfCounters);
        assertThat(sum % Counter.WRITE).as("marks").isZero();
        return sum / Counter.WRITE;
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

    private String hoursAgo(int hours) {
        return switch (server()) {
            case POSTGRES -> "now() - interval '" + hours + " hours'";
            case MARIADB -> "UTC_TIMESTAMP(6) - INTERVAL " + hours + " HOUR";
            case H2, H2_SHARED -> "DATEADD(HOUR, -" + hours + ", CURRENT_TIMESTAMP)";
        };
    }

    private void setZone(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    switch (server()) {
                        case POSTGRES -> "SET LOCAL TIME ZONE 'Asia/Kathmandu'";
                        case MARIADB -> "SET time_zone = '+05:45'";
                        case H2, H2_SHARED -> "SET TIME ZONE '5:45'";
                    });
        }
    }
}
