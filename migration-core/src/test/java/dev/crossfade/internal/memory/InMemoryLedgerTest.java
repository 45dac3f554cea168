package dev.crossfade.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.Operator;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger.Changed;
import dev.crossfade.spi.Ledger.Pending;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import dev.crossfade.testing.ManualPlatform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InMemoryLedgerTest {
    private static final EntityKey A = new EntityKey("order", "a");
    private static final EntityKey B = new EntityKey("order", "b");

    private static final long EPOCH = 1;

    private final ManualPlatform time = new ManualPlatform();
    private final InMemoryLedger ledger = new InMemoryLedger(time, 100, 3);

    private Version write(EntityKey key) {
        return ledger.record(List.of(new Touch(key, Change.WRITTEN)));
    }

    private Pending pending(EntityKey key) {
        return Objects.requireNonNull(ledger.pending(List.of(key)).get(key));
    }

    private void apply(EntityKey key, Version version) {
        try {
            ledger.apply(EPOCH, seen(key, version), keys -> {});
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
        ledger.synced(seen(key, version));
    }

    private static Map<EntityKey, Pending> seen(EntityKey key, Version version) {
        return Map.of(key, new Pending(version, version, Change.WRITTEN, false, 0));
    }

    @Test
    void many_writes_of_a_key_are_one_entry_at_the_last_version() {
        write(A);
        Version last = write(A);
        assertThat(ledger.dirtyCount()).isEqualTo(1);
        assertThat(pending(A).version()).isEqualTo(last);
        assertThat(ledger.take(10)).containsExactly(A);
        assertThat(ledger.take(10)).as("given to nobody else").isEmpty();
    }

    @Test
    void synced_means_done_up_to_a_version_and_never_just_done() {
        Version first = write(A);
        Version second = write(A);
        apply(A, first);
        assertThat(ledger.isDirty(A)).isTrue();
        assertThat(ledger.isDirtyUpTo(A, first)).isFalse();
        assertThat(ledger.isDirtyUpTo(A, second)).isTrue();
        assertThat(ledger.isSettledThrough(first)).isTrue();
        assertThat(ledger.isSettledThrough(second)).isFalse();
        apply(A, second);
        assertThat(ledger.isDirty(A)).isFalse();
    }

    @Test
    void a_refresh_that_read_an_older_version_writes_nothing_after_a_newer_one() throws Throwable {
        Version old = write(A);
        Version recent = write(A);
        apply(A, recent);
        write(A);
        int[] written = {0};
        assertThat(ledger.apply(EPOCH, seen(A, old), keys -> written[0]++)).containsExactly(A);
        assertThat(written[0]).isZero();
    }

    @Test
    void a_late_note_of_an_older_version_makes_no_dirty_key_look_younger() {
        Version old = write(A);
        apply(A, old);
        write(A);
        time.advance(Duration.ofSeconds(9));
        ledger.synced(seen(A, old));
        assertThat(ledger.status().lag()).isEqualTo(Duration.ofSeconds(9));
        assertThat(ledger.isSettledThrough(old)).isTrue();
    }

    @Test
    void a_write_of_the_secondary_that_throws_leaves_the_key_behind() {
        Version version = write(A);
        assertThatThrownBy(() -> ledger.apply(EPOCH, seen(A, version), keys -> {
                    throw new LinkageError("secondary");
                }))
                .isInstanceOf(LinkageError.class);
        assertThat(ledger.isDirtyUpTo(A, version)).isTrue();
        apply(A, version);
        assertThat(ledger.dirtyCount()).isZero();
    }

    @Test
    void one_call_at_a_time_writes_a_key() throws Throwable {
        Version version = write(A);
        ledger.apply(
                EPOCH,
                seen(A, version),
                keys -> assertThat(ledger.apply(EPOCH, seen(A, version), again -> {
                            throw new AssertionError("two writers of one key");
                        }))
                        .as("left out, so it stays dirty")
                        .isEmpty());
    }

    @Test
    void a_mark_tells_nothing_new_about_a_key_that_was_written() {
        write(A);
        assertThat(ledger.mark(EPOCH, List.of(A, B))).isEqualTo(2);
        assertThat(pending(A).change()).isEqualTo(Change.WRITTEN);
        assertThat(pending(B).change()).isEqualTo(Change.MARKED);
        assertThat(ledger.take(4)).as("writes first").startsWith(A);
    }

    @Test
    void pauses_are_random_below_a_cap_that_doubles_up_to_thirty_seconds() {
        assertThat(DueQueue.backoffCap(1)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(DueQueue.backoffCap(2)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(DueQueue.backoffCap(10)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(25_600));
        assertThat(DueQueue.backoffCap(11)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        assertThat(DueQueue.backoffCap(Integer.MAX_VALUE)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        write(A);
        long shortest = Long.MAX_VALUE;
        long longest = 0;
        for (int failures = 1; failures <= 200; failures++) {
            assertThat(ledger.take(1)).containsExactly(A);
            assertThat(ledger.failed(A, null, "unreachable", false)).isFalse();
            long pause = ledger.nanosUntilDue();
            assertThat(pause).isBetween(0L, DueQueue.backoffCap(failures));
            if (failures > 20) {
                shortest = Math.min(shortest, pause);
                longest = Math.max(longest, pause);
            }
            time.advance(Duration.ofNanos(pause));
        }
        assertThat(shortest).as("full jitter").isLessThan(TimeUnit.SECONDS.toNanos(3));
        assertThat(longest).isGreaterThan(TimeUnit.SECONDS.toNanos(27));
    }

    private void park(EntityKey key) {
        for (int n = 1; n <= 3; n++) {
            ledger.hurry();
            assertThat(ledger.take(10)).contains(key);
            assertThat(ledger.failed(key, null, "refused", true)).isEqualTo(n == 3);
        }
    }

    @Test
    void a_retried_key_starts_afresh_and_a_later_write_gives_one_more_try() {
        write(A);
        park(A);
        assertThat(ledger.take(10)).isEmpty();
        assertThat(ledger.retry(List.of(A, B), Operator.of("alice", "mended"))).isEqualTo(1);
        ledger.take(1);
        ledger.failed(A, null, "refused", true);
        assertThat(ledger.nanosUntilDue()).isLessThan(DueQueue.backoffCap(1));
        ledger.hurry();
        ledger.take(1);
        ledger.failed(A, null, "refused", true);
        ledger.hurry();
        ledger.take(1);
        assertThat(ledger.failed(A, null, "refused", true)).isTrue();
        write(A);
        assertThat(ledger.take(1)).containsExactly(A);
        assertThat(ledger.failed(A, null, "refused", true))
                .as("parked again at once")
                .isTrue();
        assertThat(ledger.parked(5)).hasSize(1);
        assertThat(ledger.status().lag()).as("parked keys do not count as lag").isZero();
    }

    @Test
    void a_key_that_was_written_while_its_last_try_was_under_way_gets_one_more() {
        write(A);
        for (int n = 1; n <= 2; n++) {
            ledger.hurry();
            ledger.take(1);
            ledger.failed(A, ledger.pending(List.of(A)).get(A), "refused", true);
        }
        ledger.hurry();
        ledger.take(1);
        Pending tried = ledger.pending(List.of(A)).get(A);
        write(A);
        assertThat(ledger.failed(A, tried, "refused", true)).isFalse();
        ledger.hurry();
        assertThat(ledger.take(1)).containsExactly(A);
        assertThat(ledger.failed(A, ledger.pending(List.of(A)).get(A), "refused", true))
                .isTrue();
    }

    @Test
    void the_state_of_a_clean_key_changes_with_every_write_also_where_nothing_is_kept() {
        Object before = ledger.cleanState(Set.of(A));
        Version version = write(A);
        assertThat(ledger.cleanState(Set.of(A))).as("dirty").isNull();
        apply(A, version);
        Object after = ledger.cleanState(Set.of(A));
        assertThat(after).isNotNull().isNotEqualTo(before);
        assertThat(ledger.cleanState(Set.of(A))).isEqualTo(after);
        InMemoryLedger full = new InMemoryLedger(time, 1, 3);
        full.record(List.of(new Touch(A, Change.WRITTEN)));
        Object unkept = full.cleanState(Set.of(B));
        full.record(List.of(new Touch(B, Change.WRITTEN)));
        assertThat(full.cleanState(Set.of(B))).isNotNull().isNotEqualTo(unkept);
        assertThat(full.untracked()).isEqualTo(1);
    }

    @Test
    void the_state_of_the_whole_ledger_changes_with_every_write() {
        Object before = ledger.cleanState(Set.of());
        Version version = write(A);
        assertThat(ledger.cleanState(Set.of())).as("a key is dirty").isNull();
        apply(A, version);
        assertThat(ledger.cleanState(Set.of())).isNotNull().isNotEqualTo(before);
    }

    @Test
    void a_new_generation_forgets_every_key_and_settles_what_was_before() {
        Version before = write(A);
        ledger.clear(7);
        assertThat(ledger.dirtyCount()).isZero();
        assertThat(ledger.isSettledThrough(before)).isTrue();
        assertThat(write(A).generation()).isEqualTo(7);
        assertThat(before.isBefore(ledger.lastVersion())).isTrue();
    }

    @Test
    void the_lag_is_the_age_of_the_oldest_key_that_is_not_parked_since_it_was_last_behind() {
        EntityKey parked = new EntityKey("order", "parked");
        write(parked);
        time.advance(Duration.ofSeconds(1));
        Version first = write(A);
        time.advance(Duration.ofSeconds(1));
        write(B);
        assertThat(ledger.status().lag()).hasSeconds(2);
        ledger.park(parked, "refused");
        assertThat(ledger.status().lag()).hasSeconds(1);
        write(A);
        time.advance(Duration.ofSeconds(4));
        apply(A, first);
        assertThat(ledger.status().lag())
                .as("of B; what A is behind by is younger")
                .hasSeconds(4);
        write(parked);
        assertThat(ledger.status().lag()).as("tried again after a write").hasSeconds(6);
    }

    private List<EntityKey> changedSince(Instant since, int page) {
        List<EntityKey> changed = new ArrayList<>();
        EntityKey after = null;
        do {
            Changed part = ledger.changed("order", since, after, page).orElseThrow();
            assertThat(part.keys()).hasSizeLessThanOrEqualTo(page);
            changed.addAll(part.keys());
            after = part.end();
        } while (after != null);
        return changed;
    }

    @Test
    void written_and_marked_keys_are_remembered_after_they_are_clean() {
        time.advance(Duration.ofMinutes(10));
        Instant first = time.now();
        apply(A, write(A));
        time.advance(Duration.ofMinutes(10));
        Instant since = time.now();
        apply(B, write(B));
        ledger.mark(EPOCH, List.of(new EntityKey("order", "c")));
        write(new EntityKey("invoice", "a"));

        for (int page = 1; page <= 3; page++) {
            assertThat(changedSince(since, page)).containsExactly(B, new EntityKey("order", "c"));
            assertThat(changedSince(first, page)).startsWith(A).hasSize(3);
        }
        assertThat(changedSince(since.plusNanos(1), 5)).isEmpty();
        write(A);
        assertThat(changedSince(since, 5)).contains(A);
    }

    @Test
    void of_the_time_before_it_was_there_or_began_anew_nothing_is_known() {
        InMemoryLedger young = new InMemoryLedger(time, 2, 3);
        assertThat(young.changed("order", time.now(), null, 5)).isEmpty();
        assertThat(young.changed("order", time.now().plusNanos(1), null, 5)).isPresent();
        time.advance(Duration.ofSeconds(1));
        assertThat(young.changed("order", time.now(), null, 5)).isPresent();
        young.clear(2);
        assertThat(young.changed("order", time.now(), null, 5)).isEmpty();
        assertThat(young.changed("order", time.now().plusNanos(1), null, 5)).isPresent();
    }

    @Test
    void a_key_that_is_written_between_two_pages_leaves_none_out() {
        EntityKey c = new EntityKey("order", "c");
        time.advance(Duration.ofSeconds(1));
        Instant since = time.now();
        write(A);
        write(B);
        write(c);
        Changed first = ledger.changed("order", since, null, 1).orElseThrow();
        assertThat(first.end()).isEqualTo(A);
        time.advance(Duration.ofSeconds(1));
        write(A);
        assertThat(ledger.changed("order", since, A, 5).orElseThrow().keys()).containsExactly(B, c);
    }

    @Test
    void what_finds_no_room_or_does_not_tell_its_key_is_not_passed_over() {
        InMemoryLedger small = new InMemoryLedger(time, 2, 3);
        for (String key : List.of("a", "b", "c")) {
            time.advance(Duration.ofSeconds(1));
            small.record(List.of(new Touch(new EntityKey("order", key), Change.WRITTEN)));
        }
        assertThat(small.untracked()).as("c is kept all the same").isEqualTo(1);
        assertThat(small.changed("order", Instant.EPOCH.plusSeconds(1), null, 5))
                .isEmpty();
        Instant second = Instant.EPOCH.plusSeconds(2);
        assertThat(small.changed("order", second, null, 5).orElseThrow().keys())
                .containsExactly(B, new EntityKey("order", "c"));
        assertThat(small.changed("order", second, A, 5))
                .as("a forgotten position")
                .isEmpty();
        small.lostTrack(1);
        assertThat(small.changed("order", second, null, 5)).isEmpty();
        assertThat(small.changed("order", time.now().plusNanos(1), null, 5)).isPresent();
    }
}
