package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What the tests of the ledger do again and again. */
abstract class LedgerSteps extends SqlContract {
    /** The version of a key after so many writes. */
    static Version version(long writes) {
        return version(writes, 0);
    }

    static Version version(long writes, long marks) {
        return new Version(GENERATION, writes * Counter.WRITE + marks);
    }

    static Applied applied(long generation, long counter) {
        return new Applied(new Version(generation, counter), Change.WRITTEN);
    }

    static List<EntityKey> keysOf(Object... keys) {
        return written(keys).stream().map(Touch::key).toList();
    }

    final boolean raise(List<Touch> touches) {
        return inTransaction(connection -> ledger().raise(connection, 2, EPOCH, touches));
    }

    final OptionalInt mark(Object... keys) {
        return inTransaction(connection -> ledger().mark(connection, 2, EPOCH, keysOf(keys)));
    }

    final Optional<Set<EntityKey>> raiseTo(Map<?, Applied> versions) {
        Map<EntityKey, Applied> byKey = new HashMap<>();
        versions.forEach((key, version) -> byKey.put(key(key), version));
        return inTransaction(connection -> ledger().raiseTo(connection, 2, EPOCH, byKey));
    }

    final void acknowledge(Object key, Version version) {
        acknowledge(key, version, Duration.ZERO);
    }

    final void acknowledge(Object key, Version version, Duration ago) {
        acknowledge(Map.of(key, version), ago);
    }

    final void acknowledge(Map<?, Version> versions, Duration ago) {
        Map<EntityKey, Version> byKey = new HashMap<>();
        versions.forEach((key, version) -> byKey.put(key(key), version));
        execute(connection -> {
            ledger().acknowledge(connection, byKey, ago);
        });
    }

    final void park(Object key, Version version, String reason) {
        inTransaction(connection -> {
            failures().park(connection, key(key), version, 3, reason);
            return true;
        });
    }

    final Map<EntityKey, Row> rows(Object... keys) {
        return rowsOf(ledger(), keysOf(keys));
    }

    final Map<EntityKey, Row> rowsOf(LedgerTable table, List<EntityKey> keys) {
        return inTransaction(connection -> table.rows(connection, keys));
    }

    final List<ParkedKey> parkedKeys() {
        return inTransaction(connection -> failures().parked(connection, 10));
    }

    final List<EntityKey> discard(Object... keys) {
        return inTransaction(connection -> failures().discard(connection, keysOf(keys)));
    }

    static Row row(Version version, Change change, boolean pending) {
        return new Row(version, version, change, pending, false, false);
    }

    final Row row(Object key) {
        return Optional.ofNullable(rows(key).get(key(key))).orElseThrow();
    }

    final List<EntityKey> keys() {
        return inTransaction(connection -> pages().page(connection, null, 10_000));
    }

    final List<EntityKey> pendingKeys() {
        return inTransaction(connection -> ledger().pending(connection, 100));
    }

    final Backlog backlog() {
        return inTransaction(connection -> ledger().backlog(connection, 1_000));
    }

    /** How often keys were written that nobody has marked. */
    final long writes() {
        long sum = inTransaction(ledger()::sumOfCounters);
        assertThat(sum % Counter.WRITE).as("marks").isZero();
        return sum / Counter.WRITE;
    }
}
