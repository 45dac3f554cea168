package dev.crossfade.jdbc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.crossfade.KeyMapping;
import dev.crossfade.MigrationException;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.jdbc.internal.sql.KeyMapTable;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.FailureSummary;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys that cannot be computed from each other, paired in the table {@code crossfade_key_map}, for repositories whose rows
 * stand under another key than the repository's methods take.
 *
 * <p><b>Where the pairs stand: in one database only, that of the store whose repository asks.</b> A service that goes on
 * speaking of legacy ids has them in the new database: writes of the legacy store need none, and a row of the new store
 * commits together with its pair, whether a refresh or, after the handover, the service itself writes it. So neither
 * direction of the handover ever waits for the other database. A service that already speaks of the new keys has them in
 * the legacy database, likewise.
 *
 * <p>A pair is made in the transaction that writes the row, so that a crash or a rollback leaves both or neither. It is
 * never changed and never deleted: a row that is deleted and inserted again gets the key that it had. Both keys are unique.
 * Where two instances pair the same key at once, one waits for the other and both go on with what was committed first.
 * Committed pairs are kept in memory, those of an open transaction never.
 *
 * <p>Keys are what the ledger takes: {@code Short}, {@code Integer}, {@code Long}, {@code UUID}, {@code String}, lists and
 * records of these, up to 512 bytes; they are compared byte by byte. The table comes with the migration's other tables, at
 * its start. For use by many threads; the pool must not give connections at READ UNCOMMITTED. Every method throws a
 * {@link MigrationException} if the database fails, a {@link RetryableWriteException} if it gave way to another
 * transaction; in a transaction that one has to be rolled back then.
 *
 * @param <L> the legacy key
 * @param <N> the new key
 */
public final class JdbcKeyMapping<L, N> implements KeyMapping<L, N> {
    /** How many pairs are kept in memory. */
    public static final int CACHED_PAIRS = 100_000;

    private final Database database;
    private final String migration;
    private final String entity;
    private final Class<L> legacyType;
    private final Class<N> newType;
    private final Supplier<? extends N> newKeys;
    private final String tablePrefix;
    private final Cache<Object, N> newOf =
            Caffeine.newBuilder().maximumSize(CACHED_PAIRS).build();
    private final Cache<Object, L> legacyOf =
            Caffeine.newBuilder().maximumSize(CACHED_PAIRS).build();

    /** The table, once the database's kind is known. Any thread may set it; all set the same. */
    private volatile @Nullable KeyMapTable table;

    private JdbcKeyMapping(
            Database database,
            String migration,
            String entity,
            Class<L> legacyType,
            Class<N> newType,
            Supplier<? extends N> newKeys,
            String tablePrefix) {
        this.database = Objects.requireNonNull(database, "database");
        this.migration = Objects.requireNonNull(migration, "migration");
        this.entity = Objects.requireNonNull(entity, "entity");
        this.legacyType = Objects.requireNonNull(legacyType, "legacyType");
        this.newType = Objects.requireNonNull(newType, "newType");
        this.newKeys = Objects.requireNonNull(newKeys, "newKeys");
        this.tablePrefix = tablePrefix;
    }

    /**
     * Pairs that stand in this database. Asks it nothing yet.
     *
     * @param database  that of the store whose repository uses the mapping
     * @param migration the migration's name
     * @param entity    the entity's name, unique in the migration
     * @param newKeys   makes a new key, another one each time, such as {@code UUID::randomUUID}
     */
    public static <L, N> JdbcKeyMapping<L, N> in(
            Database database,
            String migration,
            String entity,
            Class<L> legacyType,
            Class<N> newType,
            Supplier<? extends N> newKeys) {
        return new JdbcKeyMapping<>(
                database, migration, entity, legacyType, newType, newKeys, JdbcCoordination.DEFAULT_TABLE_PREFIX);
    }

    /** The same pairs where the migration's tables have another prefix, as of {@link JdbcCoordination#tablePrefix}. */
    public JdbcKeyMapping<L, N> tablePrefix(String prefix) {
        return new JdbcKeyMapping<>(database, migration, entity, legacyType, newType, newKeys, prefix);
    }

    /**
     * The new key of a row that is about to be written, made if it has none.
     *
     * @throws MigrationException if this thread has no transaction of the database open and the key has none yet
     */
    @Override
    public N toNew(L legacyKey) {
        N known = newOf.getIfPresent(legacyKey);
        return known != null
                ? known
                : Objects.requireNonNull(toNew(List.of(legacyKey)).get(legacyKey));
    }

    /** {@link #toNew(Object)} for all of them, in the order given; three round trips for each 500 at most. */
    public Map<L, N> toNew(Collection<? extends L> legacyKeys) {
        Map<L, N> known = newKeysOf(legacyKeys);
        Map<L, N> missing = new LinkedHashMap<>();
        legacyKeys.forEach(key -> {
            if (!known.containsKey(key)) {
                missing.put(key, newKeys.get());
            }
        });
        if (!missing.isEmpty()) {
            known.putAll(add(missing));
        }
        Map<L, N> ordered = new LinkedHashMap<>();
        legacyKeys.forEach(key -> ordered.put(key, Objects.requireNonNull(known.get(key))));
        return ordered;
    }

    /** The new key that this one has; makes none, and so is what a read asks. */
    public Optional<N> newKeyOf(L legacyKey) {
        N known = newOf.getIfPresent(legacyKey);
        return known != null
                ? Optional.of(known)
                : Optional.ofNullable(newKeysOf(List.of(legacyKey)).get(legacyKey));
    }

    /** The new keys of those that have one, in one round trip for each 500. */
    public Map<L, N> newKeysOf(Collection<? extends L> legacyKeys) {
        return lookUp(legacyKeys, newOf, newType, KeyMapTable::newOf);
    }

    @Override
    public Optional<L> toLegacy(N newKey) {
        L known = legacyOf.getIfPresent(newKey);
        return known != null
                ? Optional.of(known)
                : Optional.ofNullable(toLegacy(List.of(newKey)).get(newKey));
    }

    /** The legacy keys of those that have one, in one round trip for each 500. */
    public Map<N, L> toLegacy(Collection<? extends N> newKeys) {
        return lookUp(newKeys, legacyOf, legacyType, KeyMapTable::legacyOf);
    }

    /**
     * Pairs two keys that are both known, as after the legacy database has generated one. Nothing happens if they are a pair
     * already.
     *
     * @throws MigrationException if this thread has no transaction of the database open, or if either key has another
     *     partner; the transaction has to be rolled back then
     */
    public void pair(L legacyKey, N newKey) {
        N partner = newOf.getIfPresent(legacyKey);
        if (partner == null) {
            partner = add(Map.of(legacyKey, newKey)).get(legacyKey);
        }
        if (!newKey.equals(partner)) {
            throw new MigrationException(
                    migration,
                    "two keys of " + entity
                            + " cannot be paired, one of them has another partner. Nothing was changed. "
                            + "Roll the transaction back and look both up.");
        }
    }

    /** Always: a key has a partner before its row is written. */
    @Override
    public boolean isInvertible() {
        return true;
    }

    private Map<L, N> add(Map<L, N> pairs) {
        OpenTransaction open = database.current();
        if (open == null) {
            throw new MigrationException(
                    migration,
                    "a key of " + entity + " has no partner yet, and this thread has no transaction on "
                            + database.name()
                            + " in which one could be made with the row. Nothing was written. Write in "
                            + "migration.inTransaction(..); a read asks newKeyOf(..) and toLegacy(..).");
        }
        try {
            // Before they are written: whoever looks them up in this transaction must not remember them.
            open.mapped(pairs.keySet());
            open.mapped(pairs.values());
            Map<L, N> added = new HashMap<>();
            table(open.connection())
                    .add(open.connection(), pairs)
                    .forEach((legacy, fresh) -> added.put(legacyType.cast(legacy), newType.cast(fresh)));
            open.mapped(added.values());
            if (!added.keySet().containsAll(pairs.keySet())) {
                throw new MigrationException(
                        migration,
                        "a new key of " + entity + " belongs to another legacy key. Nothing was changed. Roll the "
                                + "transaction back; new keys must differ each time.");
            }
            return added;
        } catch (SQLException failure) {
            throw failed("pair keys of " + entity, failure);
        }
    }

    private interface LookUp {
        Map<Object, Object> in(KeyMapTable table, Connection connection, Collection<?> keys) throws SQLException;
    }

    private <A, B> Map<A, B> lookUp(Collection<? extends A> keys, Cache<Object, B> cache, Class<B> type, LookUp how) {
        Map<A, B> found = new HashMap<>();
        Set<A> missing = new LinkedHashSet<>();
        keys.forEach(key -> {
            B known = cache.getIfPresent(key);
            if (known != null) {
                found.put(key, known);
            } else {
                missing.add(key);
            }
        });
        if (missing.isEmpty()) {
            return found;
        }
        OpenTransaction open = database.current();
        Map<Object, Object> rows = ask(open, connection -> how.in(table(connection), connection, missing));
        for (A key : missing) {
            Object partner = rows.get(key);
            if (partner != null) {
                B value = type.cast(partner);
                found.put(key, value);
                if (open == null || !open.hasMapped(key)) {
                    cache.put(key, value);
                }
            }
        }
        if (open != null && found.isEmpty()) {
            // Whoever asks for the row knows then that there is none, and runs nothing more.
            open.countStatement();
        }
        return found;
    }

    private interface Question {
        Map<Object, Object> ask(Connection connection) throws SQLException;
    }

    private Map<Object, Object> ask(@Nullable OpenTransaction open, Question question) {
        try {
            if (open != null) {
                return question.ask(open.connection());
            }
            try (Connection connection = database.dataSource().getConnection()) {
                return question.ask(connection);
            }
        } catch (SQLException failure) {
            throw failed("look up keys of " + entity, failure);
        }
    }

    private KeyMapTable table(Connection connection) throws SQLException {
        KeyMapTable known = table;
        if (known == null) {
            known = new KeyMapTable(
                    Dialect.of(connection), tablePrefix, migration, entity, codec(legacyType), codec(newType));
            table = known;
        }
        return known;
    }

    private KeyCodec codec(Class<?> type) {
        return type.isRecord() ? KeyCodec.standard().with(entity, type.asSubclass(Record.class)) : KeyCodec.standard();
    }

    private MigrationException failed(String what, SQLException failure) {
        String message = "could not " + what + " on " + database.name() + " (" + FailureSummary.of(failure)
                + "). Nothing was changed. Try again in another transaction.";
        return SqlFailure.isContention(failure)
                ? new RetryableWriteException(migration, message, failure)
                : new MigrationException(migration, message, failure);
    }
}
