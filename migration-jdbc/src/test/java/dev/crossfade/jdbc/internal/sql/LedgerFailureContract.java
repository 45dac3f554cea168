package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How keys wait for their next try or for a person, and how they are listed and forgotten, on every database. */
abstract class LedgerFailureContract extends LedgerSteps {
    @Test
    void a_parked_key_waits_for_a_person_and_does_not_count_as_lag() {
        raise(written(1L));
        park(1L, version(1), "Refused");

        assertThat(pendingKeys()).isEmpty();
        assertThat(backlog()).isEqualTo(new Backlog(1, 1, Duration.ZERO));
        assertThat(inTransaction(ledger()::isSettled)).isFalse();
        ParkedKey parked = parkedKeys().get(0);
        assertThat(parked.key()).isEqualTo(key(1L));
        assertThat(parked.reason()).isEqualTo("Refused");
        assertThat(parked.attempts()).isEqualTo(3);
        assertThat(parked.dirtyFor()).isPositive().isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void a_later_write_gives_a_parked_key_one_more_try() {
        raise(written(1L));
        park(1L, version(1), "Refused");
        raise(written(1L));

        assertThat(pendingKeys()).containsExactly(key(1L));
        assertThat(backlog().parked()).isZero();
        assertThat(parkedKeys()).isEmpty();
        park(1L, version(2), "Refused again");
        assertThat(parkedKeys()).extracting(ParkedKey::reason).containsExactly("Refused again");
    }

    @Test
    void a_parked_key_stays_parked_when_the_generation_rises() {
        raise(written(1L));
        park(1L, version(1), "Refused");
        writeFence(new FenceRow(Role.PRIMARY, Stage.LEGACY_PRIMARY, EPOCH, GENERATION + 1, 11, "here"));

        assertThat(backlog().parked()).isEqualTo(1);
        assertThat(pendingKeys()).isEmpty();
    }

    @Test
    void success_forgets_the_failures_of_a_key() {
        raise(written(1L));
        park(1L, version(1), "Refused");
        acknowledge(1L, version(1));

        assertThat(number("SELECT count(*) FROM crossfade_failure")).isZero();
    }

    @Test
    void success_at_an_older_version_forgets_older_failures_only() {
        raise(written(1L, 2L));
        park(1L, version(1), "Refused");
        raise(written(1L, 2L));
        park(2L, version(2), "Refused");

        acknowledge(Map.of(1L, version(1), 2L, version(1)), Duration.ZERO);

        assertThat(number("SELECT count(*) FROM crossfade_failure")).isEqualTo(1);
        assertThat(backlog().parked()).isEqualTo(1);
    }

    @Test
    void retrying_makes_parked_keys_due_as_if_they_were_marked() {
        raise(written(1L, 2L, 3L));
        park(1L, version(1), "Refused");

        int retried = inTransaction(connection -> failures().retry(connection, keysOf(1L, 2L, 3L, 4L)));

        assertThat(retried).isEqualTo(1);
        assertThat(pendingKeys()).containsExactlyInAnyOrder(key(1L), key(2L), key(3L));
        assertThat(row(1L)).isEqualTo(row(version(1), Change.MARKED, true));
        assertThat(row(2L)).isEqualTo(row(version(1), Change.WRITTEN, true));
    }

    @Test
    void discarding_cleans_parked_keys_and_no_others() {
        raise(written(1L, 2L, 3L));
        park(1L, version(1), "Refused");
        park(2L, version(1), "Refused");
        raise(written(2L));

        assertThat(discard(1L, 2L, 3L, 4L)).containsExactly(key(1L));

        assertThat(row(1L)).isEqualTo(new Row(version(1), version(1), Change.WRITTEN, false, false, true));
        assertThat(pendingKeys()).containsExactlyInAnyOrder(key(2L), key(3L));
        assertThat(parkedKeys()).isEmpty();
        assertThat(backlog().parked()).isZero();
    }

    @Test
    void a_discarded_version_is_not_synced_until_a_later_one_is() {
        raise(written(1L));
        park(1L, version(1), "Refused");
        discard(1L);
        assertThat(row(1L).synced()).isFalse();

        mark(1L);
        assertThat(pendingKeys()).containsExactly(key(1L));
        assertThat(row(1L).synced()).isFalse();
        acknowledge(1L, version(1, 1));
        assertThat(row(1L).synced()).isTrue();
    }

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
            portion = inTransaction(connection -> pages().page(connection, last, 5));
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
        park(1L, version(1), "Refused");

        execute(connection -> {
            EntityKey first = pages().purge(connection, null, 1).orElseThrow();
            EntityKey second = pages().purge(connection, first, 100).orElseThrow();
            assertThat(pages().purge(connection, second, 100)).isEmpty();
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
        execute(connection -> assertThat(failures().hold(connection, 0, EPOCH, others, "ahead"))
                .isTrue());
        raise(written(1L));

        assertThat(parkedKeys()).extracting(ParkedKey::key).containsExactlyInAnyOrder(key(1L), key(2L));
        assertThat(pendingKeys()).isEmpty();
        assertThat(row(1L)).isEqualTo(new Row(version(8), version(8), Change.WRITTEN, true, true, false));
        execute(connection -> {
            assertThat(failures().held(connection, 10)).containsExactlyInAnyOrder(key(1L), key(2L));
            assertThat(failures().lockHeld(connection, List.of(key(1L), key(3L))))
                    .containsExactly(key(1L));
            assertThat(pages().purge(connection, null, 100)).isPresent();
            assertThat(failures().retry(connection, List.of(key(1L), key(2L)))).isEqualTo(2);
        });
        assertThat(pendingKeys()).containsExactlyInAnyOrder(key(1L), key(2L));
        assertThat(row(1L).held()).isFalse();
    }

    @Test
    void a_held_key_that_is_discarded_is_held_no_more() {
        raise(written(1L));
        execute(connection -> assertThat(failures().hold(connection, 0, EPOCH, Map.of(key(1L), version(7)), "ahead"))
                .isTrue());
        assertThat(discard(1L)).containsExactly(key(1L));
        assertThat(row(1L).held()).isFalse();
        assertThat(row(1L).discarded()).isTrue();
    }
}
