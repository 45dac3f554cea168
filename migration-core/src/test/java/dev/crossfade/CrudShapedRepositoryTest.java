package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.MigrationPlan.MethodLine;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A repository whose methods come from a generic base, as Spring Data's do. */
class CrudShapedRepositoryTest {
    interface Crud<T, I> {
        <S extends T> S save(S entity);

        <S extends T> Iterable<S> saveAll(Iterable<S> entities);

        Optional<T> findById(I id);

        boolean existsById(I id);

        Iterable<T> findAll();

        Iterable<T> findAllById(Iterable<I> ids);

        long count();

        void deleteById(I id);

        void delete(T entity);

        void deleteAllById(Iterable<? extends I> ids);

        void deleteAll(Iterable<? extends T> entities);
    }

    interface Auditing<T> {
        @Write
        T touch(T entity);

        @PrimaryOnly
        List<T> lock(String reason);

        @Write(mayDelete = true)
        void purge(@Key Long id);
    }

    interface OrderCrud extends Crud<Order, Long>, Auditing<Order> {
        @Override
        Optional<Order> findById(Long id);

        @Override
        void purge(Long id);
    }

    static class InMemoryCrud implements OrderCrud {
        final Map<Long, Order> rows = new ConcurrentSkipListMap<>();
        private long ids;

        InMemoryCrud(long firstId) {
            this.ids = firstId;
        }

        @Override
        @SuppressWarnings("unchecked")
        public synchronized <S extends Order> S save(S entity) {
            Long id = entity.id();
            Order saved = id == null ? entity.withId(ids++) : entity;
            rows.put(Objects.requireNonNull(saved.id()), saved);
            return (S) saved;
        }

        @Override
        public <S extends Order> Iterable<S> saveAll(Iterable<S> entities) {
            List<S> saved = new ArrayList<>();
            entities.forEach(entity -> saved.add(save(entity)));
            return saved;
        }

        @Override
        public Optional<Order> findById(Long id) {
            return Optional.ofNullable(rows.get(id));
        }

        @Override
        public boolean existsById(Long id) {
            return rows.containsKey(id);
        }

        @Override
        public Iterable<Order> findAll() {
            return List.copyOf(rows.values());
        }

        @Override
        public Iterable<Order> findAllById(Iterable<Long> ids) {
            return StreamSupport.stream(ids.spliterator(), false)
                    .map(rows::get)
                    .filter(Objects::nonNull)
                    .toList();
        }

        @Override
        public long count() {
            return rows.size();
        }

        @Override
        public void deleteById(Long id) {
            rows.remove(id);
        }

        @Override
        public void delete(Order entity) {
            rows.remove(Objects.requireNonNull(entity.id()));
        }

        @Override
        public void deleteAllById(Iterable<? extends Long> ids) {
            ids.forEach(rows::remove);
        }

        @Override
        public void deleteAll(Iterable<? extends Order> entities) {
            entities.forEach(this::delete);
        }

        @Override
        public Order touch(Order entity) {
            return save(entity.withStatus("touched"));
        }

        @Override
        public List<Order> lock(String reason) {
            return List.copyOf(rows.values());
        }

        @Override
        public void purge(Long id) {
            rows.remove(id);
        }
    }

    private final InMemoryCrud legacy = new InMemoryCrud(1);
    private final InMemoryCrud next = new InMemoryCrud(1_000);
    private final Migration migration = Migration.of("crud")
            .between(Store.plain("legacy"), Store.plain("new"))
            .repository(
                    OrderCrud.class,
                    r -> r.from(legacy).to(next).key(Order.class, Order::id).overwrite(OrderCrud::save))
            .control(ManualControl.create())
            // Writes return when they have crossed.
            .relay(relay -> relay.inlineWait(Patience.LIMIT))
            .startingAt(Stage.LEGACY_ONLY)
            .build()
            .start();
    private final OrderCrud orders = migration.repository(OrderCrud.class);

    private static Order order(@Nullable Long id) {
        return new Order(id, 7, "new", null);
    }

    @BeforeEach
    void begin_the_dual_write() {
        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved()).isTrue();
    }

    @AfterEach
    void everything_crossed_and_was_tracked() {
        assertThat(next.rows).isEqualTo(legacy.rows);
        assertThat(migration.status().ledger().untracked()).isZero();
        migration.close();
    }

    @Test
    void saves_of_a_subtype_variable_travel_with_their_generated_ids() {
        assertThat(orders.save(order(null)).id()).isEqualTo(1L);
        assertThat(orders.saveAll(List.of(order(null), order(9L))))
                .extracting(Order::id)
                .containsExactly(2L, 9L);
        assertThat(next.rows).containsOnlyKeys(1L, 2L, 9L);
    }

    @Test
    @SuppressWarnings("StreamToIterable") // What callers do, and what must work.
    void an_iterable_that_can_be_read_only_once_reaches_the_repository_whole() {
        orders.saveAll(Stream.of(order(1L), order(2L), order(3L))::iterator);
        assertThat(legacy.rows).hasSize(3);
        orders.deleteAllById(Stream.of(1L, 2L)::iterator);
        assertThat(legacy.rows).containsOnlyKeys(3L);
        assertThat(orders.findAllById(Stream.of(3L)::iterator)).hasSize(1);
    }

    @Test
    void deletes_by_key_entity_and_collections_cross() {
        orders.saveAll(List.of(order(1L), order(2L), order(3L), order(4L), order(5L), order(6L)));
        orders.deleteById(1L);
        orders.delete(order(2L));
        orders.deleteAllById(List.of(3L, 4L));
        orders.deleteAll(List.of(order(5L)));
        assertThat(legacy.rows).containsOnlyKeys(6L);
    }

    @Test
    void reads_of_the_base_are_answered() {
        orders.save(order(4L));
        assertThat(orders.existsById(4L)).isTrue();
        assertThat(orders.count()).isEqualTo(1);
        assertThat(orders.findAll()).hasSize(1);
        assertThat(orders.findAllById(List.of(4L, 5L))).hasSize(1);
        assertThat(orders.findById(4L)).isPresent();
        Crud<Order, Long> seenAsBase = orders;
        assertThat(seenAsBase.findById(4L)).as("through the bridge").isPresent();
    }

    @Test
    void annotations_of_the_base_hold_for_the_repository_and_for_overriding_methods() {
        orders.save(order(1L));
        orders.touch(order(2L));
        orders.purge(1L);
        assertThat(next.rows).containsOnlyKeys(2L);
        assertThat(orders.lock("test")).hasSize(1);
        List<MethodLine> methods = migration.plan().repositories().get(0).methods();
        assertThat(methods)
                .filteredOn(line -> line.why().startsWith("@"))
                .extracting(MethodLine::kind)
                .containsExactlyInAnyOrder("WRITE", "WRITE", "PRIMARY_ONLY");
        assertThat(methods)
                .filteredOn(line -> line.signature().equals("purge(Long)"))
                .singleElement()
                .satisfies(line -> assertThat(line.keys()).isEqualTo("key is argument 1"));
    }

    @Test
    void the_plan_names_each_method_once_with_its_keys() {
        assertThat(migration.plan().repositories().get(0).methods())
                .extracting(MethodLine::signature)
                .doesNotHaveDuplicates()
                .contains("findById(Long)");
        assertThat(migration.plan().toString())
                .contains("saveAll(Iterable<S>)  [by name]  keys: entities in argument 1, entities in the result")
                .contains("deleteAllById(Iterable<? extends I>)  [by name]  keys: keys in argument 1");
    }
}
