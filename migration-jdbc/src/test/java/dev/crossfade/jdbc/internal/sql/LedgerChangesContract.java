package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Side;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger.Changed;
import dev.crossfade.spi.Touch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** When a ledger saw its keys change, and who asks for those that did lately, on every database. */
abstract class LedgerChangesContract extends LedgerSteps {
    private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);

    private Set<EntityKey> changedSince(Instant since) {
        ChangedKeys changed = inTransaction(connection -> pages().changed(connection, ENTITY, since, null, 1_000));
        assertThat(changed.end()).isNull();
        return Set.copyOf(pages().both(ENTITY, changed, new ChangedKeys()).keys());
    }

    /** As if whatever is in the ledger had been noted long ago. */
    private void age() {
        execute("UPDATE crossfade_ledger SET changed_at = '2001-01-01 00:00:00'");
    }

    final Instant changedAt(Connection connection, long key) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT changed_at, entity_key FROM crossfade_ledger")) {
            while (row.next()) {
                if (KeyCodec.standard().decode(ENTITY, row.getBytes(2)).equals(key(key))) {
                    return dialect().instant(row, 1);
                }
            }
            throw new AssertionError("no such key");
        }
    }

    @Test
    void a_write_a_deletion_and_a_mark_are_changes_and_an_acknowledgement_is_none() {
        raise(written(1L, 2L, 3L, 4L, 5L));
        age();
        raise(List.of(new Touch(key(1L), Change.WRITTEN), new Touch(key(2L), Change.DELETED)));
        mark(3L, 6L);
        acknowledge(Map.of(4L, version(1), 1L, version(2)), Duration.ZERO);

        assertThat(changedSince(Instant.now().minus(HALF_AN_HOUR)))
                .containsExactlyInAnyOrder(key(1L), key(2L), key(3L), key(6L));
        assertThat(changedSince(Instant.EPOCH)).hasSize(6);
    }

    @Test
    void what_a_refresh_brings_is_a_change_of_the_secondary_and_what_it_need_not_bring_is_none() {
        writeFence(open(Role.SECONDARY, EPOCH));
        raiseTo(Map.of(1L, applied(GENERATION, 1), 2L, applied(GENERATION, 1)));
        age();
        raiseTo(Map.of(1L, applied(GENERATION, 2), 2L, applied(GENERATION, 1), 3L, applied(GENERATION, 1)));

        assertThat(changedSince(Instant.now().minus(HALF_AN_HOUR))).containsExactlyInAnyOrder(key(1L), key(3L));
    }

    @Test
    void times_of_changes_are_in_no_sessions_zone() throws SQLException {
        for (boolean east : new boolean[] {true, false}) {
            writeFence(open(Role.PRIMARY, EPOCH));
            try (Connection connection = session()) {
                setZone(connection, east);
                ledger().raise(connection, 0, EPOCH, written(1L));
                connection.commit();
                ledger().raise(connection, 0, EPOCH, written(1L));
                connection.commit();
            }
            writeFence(open(Role.SECONDARY, EPOCH));
            try (Connection connection = session()) {
                setZone(connection, east);
                ledger().raiseTo(connection, 0, EPOCH, Map.of(key(2L), applied(GENERATION, east ? 1 : 2)));
                connection.commit();
                setZone(connection, !east);
                assertThat(changedAt(connection, 1)).isBetween(earlier(), later());
                assertThat(changedAt(connection, 2)).isBetween(earlier(), later());
                connection.rollback();
            }
        }
    }

    private static Instant earlier() {
        return Instant.now().minus(HALF_AN_HOUR);
    }

    private static Instant later() {
        return Instant.now().plus(HALF_AN_HOUR);
    }

    /** Else whoever asks while it is under way would never be told of what a long transaction has written. */
    @Test
    void the_time_is_that_of_the_capture_and_not_of_the_transactions_begin() throws SQLException {
        try (Connection longer = session()) {
            try (Statement statement = longer.createStatement()) {
                statement.execute("INSERT INTO item (id) VALUES (1)");
                // H2 keeps the time for the whole transaction only once someone has asked for it.
                statement.executeQuery("SELECT CURRENT_TIMESTAMP").close();
            }
            raise(written(99L));
            Instant shorter = inTransaction(connection -> changedAt(connection, 99));
            ledger().raise(longer, 0, EPOCH, written(1L));
            longer.commit();

            assertThat(changedSince(shorter)).contains(key(1L));
        }
    }

    @Test
    void pages_of_two_ledgers_hold_every_change_of_either_once_and_in_order() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        execute(connection -> fence(Side.NEW).create(connection, open(Role.PRIMARY, EPOCH)));
        Set<Long> old = some(random, 60);
        for (Side side : Side.values()) {
            raise(side, old);
            raise(side, some(random, 20));
        }
        age();
        Set<Long> expected = new TreeSet<>();
        for (Side side : Side.values()) {
            Set<Long> fresh = some(random, 15);
            raise(side, fresh);
            expected.addAll(fresh);
        }
        raise(List.of(new Touch(new EntityKey("Another", 5L), Change.WRITTEN)));

        for (int limit : new int[] {1, 3, 7, 1_000}) {
            assertThat(walk(limit)).containsExactlyElementsOf(expected);
        }
    }

    private static Set<Long> some(Random random, int keys) {
        Set<Long> some = new HashSet<>();
        while (some.size() < keys) {
            some.add((long) random.nextInt(-100, 100));
        }
        return some;
    }

    private void raise(Side side, Set<Long> keys) {
        inTransaction(connection -> ledger(side).raise(connection, 0, EPOCH, written(keys.toArray())));
    }

    private List<Object> walk(int limit) {
        Instant since = earlier();
        List<Object> found = new ArrayList<>();
        EntityKey after = null;
        do {
            EntityKey from = after;
            Changed page = inTransaction(connection -> pages().both(
                            ENTITY,
                            pages().changed(connection, ENTITY, since, from, limit),
                            new LedgerPages(ledger(Side.NEW)).changed(connection, ENTITY, since, from, limit)));
            page.keys().forEach(key -> found.add(key.key()));
            after = page.end();
        } while (after != null);
        return found;
    }
}
