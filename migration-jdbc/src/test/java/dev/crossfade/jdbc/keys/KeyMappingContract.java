package dev.crossfade.jdbc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CopyRun;
import dev.crossfade.Migration;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcKeyMapping;
import dev.crossfade.jdbc.testing.HookedPool;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A legacy store with serial numbers and a new one with random UUIDs, paired by a table. */
abstract class KeyMappingContract {
    private static final String NAME = "items";
    private static final Operator ALICE = Operator.of("alice", "CHG-1").confirmingOnlyWriter();
    private static final Duration LONG = Duration.ofSeconds(60);

    private TestDatabases databases;
    private Database legacy;
    private Database next;
    private Rows legacyRows;
    private Rows newRows;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        Rows.createTables(
                Jdbi.create(databases.legacy().dataSource()),
                Jdbi.create(databases.next().dataSource()));
        legacy = Database.of("legacy", databases.legacy().dataSource());
        next = Database.of("next", databases.next().dataSource());
        legacyRows = new Rows(legacy);
        newRows = new Rows(next);
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private static JdbcKeyMapping<Long, UUID> pairsIn(Database database) {
        return JdbcKeyMapping.in(database, NAME, "Item", Long.class, UUID.class, UUID::randomUUID);
    }

    private MigrationBuilder migration() {
        return Migration.of(NAME)
                .between(legacy, next)
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry());
    }

    /** What the service calls where its ids are the legacy ones: the new store looks its keys up. */
    private final class Numbered implements NumberedItems {
        private final Rows rows = newRows;
        private final JdbcKeyMapping<Long, UUID> keys;

        Numbered(JdbcKeyMapping<Long, UUID> keys) {
            this.keys = keys;
        }

        @Override
        public Optional<Item<Long>> findById(long id) {
            // One statement at least, as every repository that looks for a row.
            String key = keys.newKeyOf(id).map(UUID::toString).orElse("");
            return rows.name("thing", key).map(name -> new Item<>(id, name));
        }

        @Override
        public void put(Item<Long> item) {
            rows.put("thing", keys.toNew(item.id()).toString(), item.name());
        }

        @Override
        public void deleteById(long id) {
            String key = keys.newKeyOf(id).map(UUID::toString).orElse("");
            rows.delete("thing", key);
        }
    }

    private final class NumberedLegacy implements NumberedItems {
        @Override
        public Optional<Item<Long>> findById(long id) {
            return legacyRows.name("item", id).map(name -> new Item<>(id, name));
        }

        @Override
        public void put(Item<Long> item) {
            legacyRows.put("item", item.id(), item.name());
        }

        @Override
        public void deleteById(long id) {
            legacyRows.delete("item", id);
        }
    }

    /** What the service calls where its ids are the new ones: the legacy store looks its keys up. */
    private final class Identified implements IdentifiedItems {
        private final JdbcKeyMapping<Long, UUID> keys;

        Identified(JdbcKeyMapping<Long, UUID> keys) {
            this.keys = keys;
        }

        @Override
        public Optional<Item<UUID>> findById(UUID id) {
            long key = keys.toLegacy(id).orElse(0L);
            return legacyRows.name("item", key).map(name -> new Item<>(id, name));
        }

        @Override
        public void put(Item<UUID> item) {
            Optional<Long> known = keys.toLegacy(item.id());
            if (known.isPresent()) {
                legacyRows.put("item", known.get(), item.name());
            } else {
                keys.pair(legacyRows.insert(item.name()), item.id());
            }
        }

        @Override
        public void deleteById(UUID id) {
            legacyRows.delete("item", keys.toLegacy(id).orElse(0L));
        }
    }

    private final class IdentifiedNew implements IdentifiedItems {
        @Override
        public Optional<Item<UUID>> findById(UUID id) {
            return newRows.name("thing", id.toString()).map(name -> new Item<>(id, name));
        }

        @Override
        public void put(Item<UUID> item) {
            newRows.put("thing", item.id().toString(), item.name());
        }

        @Override
        public void deleteById(UUID id) {
            newRows.delete("thing", id.toString());
        }
    }

    private static void move(Migration migration, Stage to) {
        Moves.move(migration, to, ALICE);
    }

    private void awaitEqual(Migration migration) {
        await().atMost(LONG).until(() -> migration.status().ledger().dirty() == 0);
        assertThat(newRows.names("thing")).isEqualTo(legacyRows.names("item"));
    }

    private static void copy(Migration migration, Class<?> repository, List<?> keys) throws InterruptedException {
        CopyRun copy = migration.copy(repository);
        copy.mark(keys);
        assertThat(copy.complete(ALICE, LONG)).isEmpty();
    }

    @Test
    void a_service_that_speaks_of_legacy_ids_walks_to_the_new_store_and_back() throws Exception {
        JdbcKeyMapping<Long, UUID> keys = pairsIn(next);
        try (Migration migration = migration()
                .repository(
                        NumberedItems.class,
                        r -> r.from(new NumberedLegacy())
                                .to(new Numbered(keys))
                                .key(KeyMappingContract.<Long>itemOf(), Item::id)
                                .overwrite(NumberedItems::put)
                                .keyMapping(keys))
                .build()
                .start()) {
            NumberedItems items = migration.repository(NumberedItems.class);
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                ids.add(legacyRows.insert("old " + i));
            }
            move(migration, Stage.LEGACY_PRIMARY);
            copy(migration, NumberedItems.class, ids);
            awaitEqual(migration);
            UUID first = keys.newKeyOf(ids.get(0)).orElseThrow();
            assertThat(keys.toLegacy(first)).contains(ids.get(0));

            move(migration, Stage.NEW_PRIMARY);
            items.put(new Item<>(1_000L, "born new"));
            items.deleteById(ids.get(0));
            awaitEqual(migration);
            items.put(new Item<>(ids.get(0), "came again"));
            awaitEqual(migration);
            assertThat(newRows.name("thing", first.toString())).contains("came again");

            move(migration, Stage.LEGACY_PRIMARY);
            items.deleteById(1_000L);
            items.put(new Item<>(ids.get(1), "changed"));
            items.put(new Item<>(1_001L, "born back"));
            awaitEqual(migration);
            assertThat(legacyRows.names("item"))
                    .containsExactly("born back", "came again", "changed", "old 2", "old 3", "old 4");
            // A deleted row leaves its pair: what comes again under its key gets the partner that it had.
            assertThat(newRows.pairs()).isEqualTo(7);
            assertThat(legacyRows.pairs()).isZero();
        }
    }

    @SuppressWarnings("unchecked")
    private static <K> Class<Item<K>> itemOf() {
        return (Class<Item<K>>) (Class<?>) Item.class;
    }

    @Test
    void a_service_that_speaks_of_new_keys_walks_to_the_new_store_and_back() throws Exception {
        JdbcKeyMapping<Long, UUID> keys = pairsIn(legacy);
        try (Migration migration = migration()
                .repository(
                        IdentifiedItems.class,
                        r -> r.from(new Identified(keys))
                                .to(new IdentifiedNew())
                                .key(KeyMappingContract.<UUID>itemOf(), Item::id)
                                .overwrite(IdentifiedItems::put)
                                .keyMapping(keys))
                .build()
                .start()) {
            IdentifiedItems items = migration.repository(IdentifiedItems.class);
            Item<UUID> old = new Item<>(UUID.randomUUID(), "old");
            items.put(old);
            move(migration, Stage.LEGACY_PRIMARY);
            copy(migration, IdentifiedItems.class, List.of(old.id()));
            awaitEqual(migration);
            long legacyId = keys.toLegacy(old.id()).orElseThrow();

            move(migration, Stage.NEW_PRIMARY);
            Item<UUID> born = new Item<>(UUID.randomUUID(), "born new");
            items.put(born);
            items.deleteById(old.id());
            awaitEqual(migration);
            items.put(old);
            awaitEqual(migration);
            assertThat(legacyRows.name("item", legacyId)).contains("old");
            assertThat(keys.toLegacy(born.id())).isPresent();

            move(migration, Stage.LEGACY_PRIMARY);
            items.put(new Item<>(born.id(), "changed"));
            awaitEqual(migration);
            assertThat(legacyRows.pairs()).isEqualTo(2);
            assertThat(newRows.pairs()).isZero();
        }
    }

    /** The table comes with the migration; these tests need nothing else of it. */
    private void createKeyMap() {
        migration()
                .repository(
                        NumberedItems.class,
                        r -> r.from(new NumberedLegacy())
                                .to(new Numbered(pairsIn(next)))
                                .key(KeyMappingContract.<Long>itemOf(), Item::id)
                                .overwrite(NumberedItems::put))
                .build()
                .start()
                .close();
    }

    private static <T> T inTransaction(Database database, dev.crossfade.Store.Work<T> work) throws Exception {
        try {
            return java.util.Objects.requireNonNull(database.inTransaction(work));
        } catch (Exception | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void a_pair_is_made_in_a_transaction_only_and_goes_with_it() throws Exception {
        createKeyMap();
        JdbcKeyMapping<Long, UUID> keys = pairsIn(next);
        assertThatThrownBy(() -> keys.toNew(7L))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("Nothing was written");

        List<UUID> seen = new ArrayList<>();
        assertThatThrownBy(() -> inTransaction(next, () -> {
                    seen.add(keys.toNew(7L));
                    assertThat(keys.newKeyOf(7L)).contains(seen.get(0));
                    assertThat(keys.toLegacy(seen.get(0))).contains(7L);
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");

        assertThat(keys.newKeyOf(7L)).isEmpty();
        assertThat(keys.toLegacy(seen.get(0))).isEmpty();
        UUID other = inTransaction(next, () -> pairsIn(next).toNew(7L));
        assertThat(keys.newKeyOf(7L)).contains(other).isNotEqualTo(Optional.of(seen.get(0)));
    }

    @Test
    void two_instances_that_pair_one_key_at_once_agree() throws Exception {
        createKeyMap();
        JdbcKeyMapping<Long, UUID> first = pairsIn(next);
        Database another = Database.of("next again", databases.next().dataSource());
        JdbcKeyMapping<Long, UUID> second = pairsIn(another);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            CountDownLatch missed = new CountDownLatch(1);
            List<Future<UUID>> later = new ArrayList<>();
            UUID chosen = inTransaction(next, () -> {
                UUID made = first.toNew(7L);
                later.add(thread.submit(() -> inTransaction(another, () -> {
                    assertThat(second.newKeyOf(7L)).isEmpty();
                    missed.countDown();
                    return second.toNew(7L);
                })));
                assertThat(missed.await(20, TimeUnit.SECONDS)).isTrue();
                return made;
            });
            assertThat(later.get(0).get(20, TimeUnit.SECONDS)).isEqualTo(chosen);
            assertThat(second.newKeyOf(7L)).contains(chosen);
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void a_write_that_gives_way_while_it_pairs_its_key_is_tried_again() throws Exception {
        HookedPool onNew = new HookedPool(databases.next().dataSource());
        next = Database.of("next", onNew.dataSource());
        newRows = new Rows(next);
        JdbcKeyMapping<Long, UUID> keys = pairsIn(next);
        try (Migration migration = migration()
                .repository(
                        NumberedItems.class,
                        r -> r.from(new NumberedLegacy())
                                .to(new Numbered(keys))
                                .key(KeyMappingContract.<Long>itemOf(), Item::id)
                                .overwrite(NumberedItems::put)
                                .keyMapping(keys))
                .build()
                .start()) {
            move(migration, Stage.LEGACY_PRIMARY);
            copy(migration, NumberedItems.class, List.of());
            move(migration, Stage.NEW_PRIMARY);
            AtomicBoolean gaveWay = new AtomicBoolean();
            onNew.before("crossfade_key_map", () -> {
                gaveWay.set(true);
                throw new SQLTransactionRollbackException("simulated deadlock", "40001");
            });
            migration.repository(NumberedItems.class).put(new Item<>(1_000L, "born new"));

            assertThat(gaveWay).isTrue();
            awaitEqual(migration);
        }
    }

    @Test
    void many_keys_are_paired_and_looked_up_together_and_none_gets_a_second_partner() throws Exception {
        createKeyMap();
        JdbcKeyMapping<Long, UUID> keys = pairsIn(next);
        List<Long> ids = LongStream.rangeClosed(1, 1_201).boxed().toList();
        Map<Long, UUID> some = inTransaction(next, () -> keys.toNew(ids.subList(0, 700)));
        Map<Long, UUID> all = inTransaction(next, () -> keys.toNew(ids));

        assertThat(all).containsAllEntriesOf(some).hasSize(1_201);
        assertThat(all.values()).doesNotHaveDuplicates();
        JdbcKeyMapping<Long, UUID> elsewhere = pairsIn(next);
        assertThat(elsewhere.newKeysOf(ids)).isEqualTo(all);
        assertThat(elsewhere.toLegacy(all.values())).hasSize(1_201);
        UUID taken = java.util.Objects.requireNonNull(all.get(1L));
        assertThatThrownBy(() -> inTransaction(next, () -> {
                    elsewhere.pair(5_000L, taken);
                    return true;
                }))
                .isInstanceOf(MigrationException.class);
        assertThatThrownBy(() -> inTransaction(next, () -> {
                    elsewhere.pair(1L, UUID.randomUUID());
                    return true;
                }))
                .isInstanceOf(MigrationException.class);
        assertThat(newRows.pairs()).isEqualTo(1_201);
    }
}
