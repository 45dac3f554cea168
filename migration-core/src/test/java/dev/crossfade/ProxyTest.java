package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The wrapped repository behaves as the unwrapped one, whatever its methods look like. */
class ProxyTest {
    /** Package-private and nested on purpose. */
    interface Shapes {
        @Nullable
        Order get(long id);

        Optional<Order> findById(long id);

        Order[] findArray(long... ids);

        Map<Long, Order> findMap(Collection<Long> ids);

        boolean exists(long id);

        char getGrade(byte a, short b, float c, double d);

        void save(Order order);

        void save(Order first, Order second);

        int saveAll(Order... orders);

        Map<Long, Order> saveMap(Map<Long, Order> byId);

        Optional<Order> saveMaybe(Optional<Order> order);

        void deleteById(long id);

        Order findOrThrow(long id) throws IOException;

        void addOrThrow(Order order) throws IOException;

        default Order pay(long id) {
            Order paid = findById(id).orElseThrow().withStatus("paid");
            save(paid);
            return paid;
        }

        default String fail() throws IOException {
            throw new IOException("as declared");
        }

        default int deleteTwo(@Key long a, @Key long b) {
            throw new IllegalStateException("overridden on both sides");
        }

        static String about() {
            return "static methods are none of Crossfade's business";
        }

        @Override
        boolean equals(@Nullable Object other);

        @Override
        int hashCode();

        @Override
        String toString();
    }

    private static final class Rows implements Shapes {
        final Map<Long, Order> rows = new ConcurrentSkipListMap<>();

        @Nullable
        Throwable failure;

        @Override
        public @Nullable Order get(long id) {
            return rows.get(id);
        }

        @Override
        public Optional<Order> findById(long id) {
            return Optional.ofNullable(rows.get(id));
        }

        @Override
        public Order[] findArray(long... ids) {
            return Arrays.stream(ids)
                    .mapToObj(rows::get)
                    .filter(Objects::nonNull)
                    .toArray(Order[]::new);
        }

        @Override
        public Map<Long, Order> findMap(Collection<Long> ids) {
            Map<Long, Order> found = new LinkedHashMap<>(rows);
            found.keySet().retainAll(ids);
            return found;
        }

        @Override
        public boolean exists(long id) {
            return rows.containsKey(id);
        }

        @Override
        public char getGrade(byte a, short b, float c, double d) {
            return (char) ('a' + a + b + c + d);
        }

        @Override
        public void save(Order order) {
            rows.put(Objects.requireNonNull(order.id()), order);
        }

        @Override
        public void save(Order first, Order second) {
            save(first);
            save(second);
        }

        @Override
        public int saveAll(Order... orders) {
            Arrays.stream(orders).forEach(this::save);
            return orders.length;
        }

        @Override
        public Map<Long, Order> saveMap(Map<Long, Order> byId) {
            byId.values().forEach(this::save);
            return byId;
        }

        @Override
        public Optional<Order> saveMaybe(Optional<Order> order) {
            order.ifPresent(this::save);
            return order;
        }

        @Override
        public void deleteById(long id) {
            rows.remove(id);
        }

        @Override
        public Order findOrThrow(long id) throws IOException {
            throw Rows.<RuntimeException>sneaky(Objects.requireNonNull(failure));
        }

        @Override
        public void addOrThrow(Order order) throws IOException {
            throw Rows.<RuntimeException>sneaky(Objects.requireNonNull(failure));
        }

        @Override
        public int deleteTwo(long a, long b) {
            rows.remove(a);
            rows.remove(b);
            return 2;
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <X extends Throwable> X sneaky(Throwable failure) throws X {
            throw (X) failure;
        }
    }

    private final Rows legacy = new Rows();
    private final Rows next = new Rows();
    private final Migration migration = migration(legacy, next);
    private final Shapes orders = migration.repository(Shapes.class);

    private static Migration migration(Shapes legacy, Shapes next) {
        Migration migration = Migration.of("shapes")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Shapes.class,
                        r -> r.from(legacy).to(next).key(Order.class, Order::id).overwrite(Shapes::save))
                .control(ManualControl.create())
                // Writes return when they have crossed.
                .relay(relay -> relay.inlineWait(Patience.LIMIT))
                .startingAt(Stage.LEGACY_ONLY)
                .build()
                .start();
        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved()).isTrue();
        return migration;
    }

    @AfterEach
    void everything_crossed() {
        await().untilAsserted(() -> assertThat(next.rows).isEqualTo(legacy.rows));
        migration.close();
    }

    private static Order order(long id) {
        return new Order(id, 7, "new", null);
    }

    @Test
    void arrays_maps_optionals_and_varargs_keep_their_shape_and_tell_their_keys() {
        assertThat(orders.saveAll(order(1), order(2))).isEqualTo(2);
        assertThat(orders.saveAll()).isZero();
        assertThat(orders.saveMap(Map.of(3L, order(3)))).containsOnlyKeys(3L);
        assertThat(orders.saveMaybe(Optional.of(order(4)))).isPresent();
        assertThat(orders.saveMaybe(Optional.empty())).isEmpty();
        assertThat(next.rows).containsOnlyKeys(1L, 2L, 3L, 4L);
        assertThat(orders.findArray(1, 2, 9)).hasSize(2);
        assertThat(orders.findMap(List.of(1L, 3L))).containsOnlyKeys(1L, 3L);
        assertThat(orders.exists(1)).isTrue();
        assertThat(orders.get(9)).isNull();
        assertThat(orders.getGrade((byte) 1, (short) 1, 0f, 0.0)).isEqualTo('c');
    }

    @Test
    void overloads_are_told_apart() {
        orders.save(order(1));
        orders.save(order(2), order(3));
        assertThat(next.rows).containsOnlyKeys(1L, 2L, 3L);
    }

    @Test
    void calls_inside_a_default_method_are_routed() {
        orders.save(order(1));
        assertThat(orders.pay(1).status()).isEqualTo("paid");
        assertThat(next.rows.get(1L)).isEqualTo(order(1).withStatus("paid"));
    }

    @Test
    void a_default_method_throws_what_it_throws() {
        assertThatThrownBy(orders::fail).isExactlyInstanceOf(IOException.class).hasMessage("as declared");
    }

    @Test
    void an_overridden_default_method_is_a_method_of_the_side() {
        orders.saveAll(order(1), order(2), order(3));
        assertThat(orders.deleteTwo(1, 2)).isEqualTo(2);
        assertThat(next.rows).containsOnlyKeys(3L);
        assertThat(Shapes.about()).isNotEmpty();
    }

    @Test
    void equality_and_text_are_those_of_the_proxy() {
        Shapes again = migration.repository(Shapes.class);
        assertThat(orders).isEqualTo(again).isNotEqualTo(legacy).hasSameHashCodeAs(again);
        assertThat(orders.equals(null)).isFalse();
        assertThat(orders).hasToString("Repository Shapes of migration 'shapes'");
        assertThat(migration.repository(Shapes.class)).isSameAs(orders);
        assertThatThrownBy(() -> migration.repository(List.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Shapes");
    }

    @Test
    void declared_exceptions_unchecked_ones_and_errors_pass_unchanged() {
        for (Throwable failure : List.of(
                new IOException("checked"),
                new IllegalStateException("unchecked"),
                new StackOverflowError("error"),
                new AssertionError("error"))) {
            legacy.failure = failure;
            assertThat(catchThrowable(() -> orders.findOrThrow(1))).isSameAs(failure);
            assertThat(catchThrowable(() -> orders.addOrThrow(order(1)))).isSameAs(failure);
            assertThat(failure.getSuppressed()).isEmpty();
        }
    }

    @Test
    void the_interrupt_flag_survives_a_call() {
        Thread.currentThread().interrupt();
        orders.save(order(1));
        assertThat(orders.findById(1)).isPresent();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_generated_proxy_as_a_side_overrides_no_default_method() {
        Shapes generated = (Shapes) Proxy.newProxyInstance(
                Shapes.class.getClassLoader(), new Class<?>[] {Shapes.class}, (proxy, method, arguments) -> null);
        try (Migration of = migration(generated, new Rows())) {
            assertThat(of.plan().toString()).contains("DEFAULT      pay(long)");
        }
    }
}
