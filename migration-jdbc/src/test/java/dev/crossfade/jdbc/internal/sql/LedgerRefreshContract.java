package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.control.Stage;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What refreshes find, raise and acknowledge in the ledgers of both sides, on every database. */
abstract class LedgerRefreshContract extends LedgerSteps {
    private static final Duration LONG = Duration.ofSeconds(60);

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

        assertThat(raiseTo(Map.of(2L, applied(GENERATION, 0)))).contains(Set.of());

        assertThat(raiseTo(Map.of(3L, applied(GENERATION, 1)))).contains(Set.of(key(3L)));
    }

    @Test
    void a_row_of_an_old_generation_counts_as_its_counter_in_the_fences() {
        writeFence(open(Role.SECONDARY, EPOCH));
        raiseTo(Map.of(1L, applied(GENERATION, 5)));
        writeFence(new FenceRow(Role.SECONDARY, Stage.LEGACY_PRIMARY, EPOCH, GENERATION + 1, 11, "here"));

        assertThat(raiseTo(Map.of(1L, applied(GENERATION + 1, 5)))).contains(Set.of());
        assertThat(raiseTo(Map.of(1L, applied(GENERATION + 1, 6)))).contains(Set.of(key(1L)));
    }

    /** Else the keys would count as done, and nothing of them would be written. */
    @Test
    void nothing_is_applied_where_the_generation_was_raised_after_the_versions_were_read() {
        writeFence(new FenceRow(Role.SECONDARY, Stage.LEGACY_PRIMARY, EPOCH, GENERATION + 1, 11, "here"));

        assertThat(raiseTo(Map.of(1L, applied(GENERATION, 9)))).isEmpty();
        assertThat(raiseTo(Map.of(1L, applied(GENERATION, 9), 2L, applied(GENERATION + 1, 1))))
                .isEmpty();
        Map<Object, Applied> oneIsOld = new HashMap<>();
        for (long key = 0; key < 1_100; key++) {
            oneIsOld.put(key, applied(key == 1_099 ? GENERATION : GENERATION + 1, 1));
        }
        assertThat(raiseTo(oneIsOld)).isEmpty();

        assertThat(keys()).isEmpty();
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

        acknowledge(1L, version(1), Duration.ofHours(1));

        assertThat(backlog().lag()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(62));
        acknowledge(1L, version(1), Duration.ofHours(6));
        assertThat(backlog().lag()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(62));
    }

    @Test
    void acknowledging_never_waits_for_a_writer_that_has_locked_a_row() throws SQLException {
        raise(written(1L, 2L));
        try (Connection writer = session()) {
            ledger().raise(writer, 0, EPOCH, written(1L));

            Future<?> acknowledged =
                    meanwhile(() -> acknowledge(Map.of(1L, version(1), 2L, version(1)), Duration.ZERO));

            assertThat(acknowledged).succeedsWithin(LONG);
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

        acknowledge(versions, Duration.ZERO);

        assertThat(inTransaction(ledger()::isSettled)).isTrue();
    }

    @Test
    void pending_keys_come_oldest_first() {
        for (long key : new long[] {3, 1, 2}) {
            raise(written(key));
        }
        raise(written(3L));

        assertThat(pendingKeys()).containsExactly(key(3L), key(1L), key(2L));
        List<EntityKey> oldest = inTransaction(connection -> ledger().pending(connection, 2));
        assertThat(oldest).containsExactly(key(3L), key(1L));
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
    void times_are_in_no_sessions_zone() throws SQLException {
        raise(written(1L));
        execute("UPDATE crossfade_ledger SET pending_since = " + hoursAgo(8));
        try (Connection connection = session()) {
            setZone(connection, true);
            ledger().raise(connection, 0, EPOCH, written(1L, 2L));
            ledger().acknowledge(connection, Map.of(key(1L), version(1)), Duration.ofHours(1));
            connection.commit();
        }

        assertThat(backlog().lag()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(62));
        acknowledge(1L, version(2));
        assertThat(backlog().lag()).isLessThan(Duration.ofMinutes(5));
    }

    private String hoursAgo(int hours) {
        return switch (server()) {
            case POSTGRES -> "now() - interval '" + hours + " hours'";
            case MARIADB -> "UTC_TIMESTAMP(6) - INTERVAL " + hours + " HOUR";
            case H2, H2_SHARED -> "DATEADD(HOUR, -" + hours + ", CURRENT_TIMESTAMP)";
        };
    }
}
