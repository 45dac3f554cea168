package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationEvent.WritesUntracked;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever a write changes, the secondary follows: the key is found where the method tells it. */
class KeysOfWritesTest {
    /** A bean as JPA has them: it gets its id when it is saved. */
    static final class Item {
        @Nullable
        Long id;

        String name;

        Item(@Nullable Long id, String name) {
            this.id = id;
            this.name = name;
        }

        @Nullable
        Long getId() {
            if (name.equals("hostile")) {
                throw new IllegalStateException("no id for you");
            }
            return id;
        }
    }

    interface Items {
        Optional<Item> findById(long id);

        void put(Item item);

        void deleteById(long id);

        void persist(Item item);

        @Key
        long insert(String name);

        @Key
        long insertDetached(Item item);

        @Key
        Collection<Long> insertAll(List<String> names);

        @Key
        @Write
        List<Long> renameWhere(String from, String to);

        @Write
        List<Item> updateWhere(String from, String to);

        @Write
        void moveKey(@Key long from, @Key long to);

        @Key
        @Nullable
        Long insertUnlessThere(String name);

        void saveForgetful(Item item);

        Item save(Item item) throws SQLTimeoutException;
    }

    static final class Rows implements Items {
        final Map<Long, String> rows = new ConcurrentSkipListMap<>();
        private long ids;
        boolean timesOut;

        Rows(long firstId) {
            this.ids = firstId;
        }

        @Override
        public Optional<Item> findById(long id) {
            return Optional.ofNullable(rows.get(id)).map(name -> new Item(id, name));
        }

        @Override
        public void put(Item item) {
            rows.put(Objects.requireNonNull(item.id), item.name);
        }

        @Override
        public void deleteById(long id) {
            rows.remove(id);
        }

        @Override
        public void persist(Item item) {
            item.id = insert(item.name);
        }

        @Override
        public long insert(String name) {
            rows.put(ids, name);
            return ids++;
        }

        @Override
        public long insertDetached(Item item) {
            return insert(item.name);
        }

        @Override
        public Collection<Long> insertAll(List<String> names) {
            return names.stream().map(this::insert).toList();
        }

        @Override
        public List<Long> renameWhere(String from, String to) {
            List<Long> changed = new ArrayList<>();
            rows.replaceAll((id, name) -> {
                if (!name.equals(from)) {
                    return name;
                }
                changed.add(id);
                return to;
            });
            return changed;
        }

        @Override
        public List<Item> updateWhere(String from, String to) {
            return renameWhere(from, to).stream().map(id -> new Item(id, to)).toList();
        }

        @Override
        public void moveKey(long from, long to) {
            String name = rows.remove(from);
            if (name != null) {
                rows.put(to, name);
            }
        }

        @Override
        public @Nullable Long insertUnlessThere(String name) {
            return rows.containsValue(name) ? null : insert(name);
        }

        @Override
        public void saveForgetful(Item item) {
            insert(item.name);
        }

        @Override
        public Item save(Item item) throws SQLTimeoutException {
            Item saved = new Item(insert(item.name), item.name);
            if (timesOut) {
                throw new SQLTimeoutException("the row is there, and nobody was told");
            }
            return saved;
        }
    }

    private final Rows legacy = new Rows(1);
    private final Rows next = new Rows(1_000);
    private final List<MigrationEvent> events = new CopyOnWriteArrayList<>();
    private final Migration migration = Migration.of("items")
            .between(Store.plain("legacy"), Store.plain("new"))
            .repository(
                    Items.class,
                    r -> r.from(legacy).to(next).key(Item.class, Item::getId).overwrite(Items::put))
            .control(ManualControl.create())
            .listener(events::add)
            // Writes return when they have crossed.
            .relay(relay -> relay.inlineWait(Patience.LIMIT))
            .startingAt(Stage.LEGACY_ONLY)
            .build()
            .start();
    private final Items items = migration.repository(Items.class);

    KeysOfWritesTest() {
        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved()).isTrue();
    }

    @AfterEach
    void close() {
        migration.close();
    }

    private void assertCrossed() {
        assertThat(next.rows).isEqualTo(legacy.rows).isNotEmpty();
        assertThat(migration.status().ledger().untracked()).isZero();
    }

    @Test
    void an_entity_that_gets_its_key_by_the_save_is_followed() {
        Item item = new Item(null, "a");
        items.persist(item);
        assertThat(item.id).isEqualTo(1L);
        assertCrossed();
    }

    @Test
    void a_returned_key_is_followed_also_where_the_entity_never_learns_it() {
        assertThat(items.insert("a")).isEqualTo(1L);
        Item detached = new Item(null, "b");
        assertThat(items.insertDetached(detached)).isEqualTo(2L);
        assertThat(detached.id).isNull();
        assertThat(items.insertAll(List.of("c", "d"))).containsExactly(3L, 4L);
        assertCrossed();
    }

    @Test
    void a_predicate_write_is_followed_by_the_keys_or_entities_that_it_returns() {
        items.insertAll(List.of("a", "a", "b"));
        assertThat(items.renameWhere("a", "c")).containsExactly(1L, 2L);
        assertThat(items.updateWhere("b", "d")).hasSize(1);
        assertCrossed();
    }

    @Test
    void a_write_that_returns_no_key_wrote_nothing() {
        items.insertUnlessThere("a");
        assertThat(items.insertUnlessThere("a")).isNull();
        assertCrossed();
    }

    @Test
    void a_changed_key_leaves_no_row_behind_and_parks_nothing() {
        items.insert("a");
        items.moveKey(1, 7);
        assertThat(next.rows).containsOnlyKeys(7L);
        assertCrossed();
        assertThat(migration.status().ledger().dirty()).isZero();
    }

    @Test
    void a_key_that_nothing_tells_stops_the_secondary_from_answering_until_all_is_copied() throws Exception {
        items.saveForgetful(new Item(null, "a"));
        items.saveForgetful(new Item(null, "b"));
        assertUntracked();
        assertThat(migration.check(Stage.NEW_PRIMARY, Rig.ALICE))
                .anyMatch(reason -> reason.contains("were not tracked; copy the keys of both stores again"));

        CopyRun copy = migration.copy(Items.class);
        copy.mark(List.of(1L, 2L));
        assertThat(copy.complete(Rig.ALICE, Patience.LIMIT)).isEmpty();
        assertThat(next.rows).isEqualTo(legacy.rows);
        assertThat(migration.check(Stage.NEW_PRIMARY, Rig.ALICE)).isEmpty();
    }

    @Test
    void a_creation_that_timed_out_may_have_left_a_row_under_a_key_that_nobody_knows() {
        legacy.timesOut = true;
        assertThatThrownBy(() -> items.save(new Item(null, "a"))).isInstanceOf(SQLTimeoutException.class);
        assertUntracked();
    }

    @Test
    void a_key_function_that_throws_changes_no_answer_of_a_write_that_is_done() {
        legacy.rows.put(5L, "a");
        assertThat(items.updateWhere("a", "hostile")).hasSize(1);
        assertUntracked();
    }

    private void assertUntracked() {
        assertThat(migration.status().ledger().untracked()).isPositive();
        assertThat(events)
                .filteredOn(WritesUntracked.class::isInstance)
                .as("once per episode")
                .hasSize(1);
    }
}
