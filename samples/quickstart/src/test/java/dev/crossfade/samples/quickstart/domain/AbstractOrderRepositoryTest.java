package dev.crossfade.samples.quickstart.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.samples.quickstart.seed.AddressBook;
import dev.crossfade.samples.quickstart.seed.Products;
import dev.crossfade.samples.quickstart.seed.SeedData;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every order repository keeps, whatever database is behind it. Subclasses bring one with these customers. */
public abstract class AbstractOrderRepositoryTest {
    protected static final SeedData SEED = SeedData.generate(400, 7);

    /** A Clock that stands still, finer than a database keeps it. */
    protected static final Clock CLOCK = Clock.fixed(Instant.parse("2025-10-26T00:30:00.123456789Z"), ZoneOffset.UTC);

    private static final Instant NOW = Instant.parse("2025-10-26T00:30:00.123456Z");

    private final TimeZone timeZone = TimeZone.getDefault();
    protected OrderRepository orders;

    /** An empty repository that knows the customers of {@link #SEED}. */
    protected abstract OrderRepository open();

    @BeforeEach
    void open_in_a_time_zone_that_skips_and_repeats_hours() {
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        orders = open();
    }

    @AfterEach
    void restore_the_time_zone() {
        TimeZone.setDefault(timeZone);
    }

    @Test
    void an_order_that_was_put_is_found_exactly_as_it_was() {
        orders.putAll(SEED.orders());
        for (Order order : SEED.orders()) {
            assertThat(orders.findById(order.id())).contains(order);
        }
    }

    @Test
    void putting_an_order_twice_changes_nothing_and_touches_no_other_order() {
        orders.putAll(SEED.orders());
        orders.put(SEED.orders().get(3));
        orders.putAll(SEED.orders().subList(0, 10));
        assertThat(allOf(SEED)).containsExactlyElementsOf(SEED.orders());
    }

    @Test
    void putting_overwrites_every_field_of_an_order() {
        orders.putAll(SEED.orders());
        Order other = SEED.orders().get(1);
        Order target = new Order(
                1,
                "changed",
                other.customer(),
                other.shippingAddress(),
                other.billingAddress(),
                OrderStatus.CANCELLED,
                other.amounts(),
                new Payment(null, PaymentStatus.VOIDED),
                "other notes",
                NOW,
                NOW.plusSeconds(1),
                List.of(new OrderItem("x", "y", 3, new BigDecimal("0.01"))));
        orders.put(target);
        assertThat(orders.findById(1)).contains(target);
        assertThat(allOf(SEED).subList(1, 400))
                .containsExactlyElementsOf(SEED.orders().subList(1, 400));
    }

    @Test
    void a_created_order_gets_an_id_and_is_found_as_it_was_returned() {
        NewOrder placed = newOrder(1);
        Order created = orders.create(placed);
        assertThat(created).isEqualTo(placed.placed(created.id(), NOW));
        assertThat(orders.findById(created.id())).contains(created);
    }

    @Test
    void ids_are_never_given_out_twice_by_many_threads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Long>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                NewOrder placed = newOrder(i);
                calls.add(() -> orders.create(placed).id());
            }
            Set<Long> ids = new HashSet<>();
            for (Future<Long> id : threads.invokeAll(calls)) {
                ids.add(id.get());
            }
            assertThat(ids).hasSize(200);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void overwrites_of_the_same_orders_by_many_threads_end_in_one_whole_state() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Object>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                List<Order> shuffled = new ArrayList<>(SEED.orders());
                Collections.shuffle(shuffled, new Random(i));
                calls.add(Executors.callable(
                        i % 2 == 0 ? () -> orders.putAll(shuffled) : () -> shuffled.forEach(orders::put)));
            }
            for (Future<Object> call : threads.invokeAll(calls)) {
                call.get();
            }
            assertThat(allOf(SEED)).containsExactlyElementsOf(SEED.orders());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void an_order_number_that_exists_is_refused_and_nothing_is_stored() {
        Order first = orders.create(newOrder(1));
        assertThatThrownBy(() -> orders.create(newOrder(1)));
        assertThat(orders.findByCustomer(first.customer().id())).containsExactly(first);
    }

    @Test
    void a_change_of_status_leaves_the_rest_as_it_was() {
        orders.putAll(SEED.orders());
        Order before = SEED.orders().get(4);
        Optional<Order> changed = orders.changeStatus(before.id(), OrderStatus.SHIPPED);
        assertThat(changed).contains(before.withStatus(OrderStatus.SHIPPED, NOW));
        assertThat(orders.findById(before.id())).isEqualTo(changed);
    }

    @Test
    void changed_items_may_be_more_or_fewer_and_the_sums_follow() {
        orders.putAll(SEED.orders());
        Order before = SEED.orders().get(4);
        Random random = new Random(3);
        for (int size : new int[] {5, 1, 0, 3}) {
            List<OrderItem> items = new ArrayList<>();
            while (items.size() < size) {
                items.add(Products.items(random).get(0));
            }
            Optional<Order> changed = orders.changeItems(before.id(), items);
            assertThat(changed).contains(before.withItems(items, NOW));
            assertThat(orders.findById(before.id())).isEqualTo(changed);
        }
    }

    @Test
    void notes_can_be_changed_emptied_and_removed() {
        orders.putAll(SEED.orders());
        for (String notes : new String[] {"new", "", null}) {
            assertThat(orders.changeNotes(5, notes)).isPresent();
            assertThat(orders.findById(5).orElseThrow().notes()).isEqualTo(notes);
        }
    }

    @Test
    void a_cancelled_order_keeps_its_items_and_loses_its_payment() {
        Order created = orders.create(newOrder(1));
        Order cancelled = orders.cancel(created.id()).orElseThrow();
        assertThat(cancelled).isEqualTo(created.cancelled(NOW));
        assertThat(cancelled.payment().status()).isEqualTo(PaymentStatus.VOIDED);
        assertThat(orders.findById(created.id())).contains(cancelled);
    }

    @Test
    void a_deleted_order_is_gone_with_its_items_and_may_be_put_back() {
        orders.putAll(SEED.orders());
        Order order = SEED.orders().get(8);
        assertThat(orders.deleteById(order.id())).isTrue();
        assertThat(orders.findById(order.id())).isEmpty();
        assertThat(orders.deleteById(order.id())).isFalse();
        Order withoutItems = order.withItems(List.of(), order.updatedAt());
        orders.put(withoutItems);
        assertThat(orders.findById(order.id())).contains(withoutItems);
    }

    @Test
    void bulk_operations_take_what_exists_and_ignore_the_rest() {
        orders.putAll(SEED.orders());
        orders.deleteAllById(List.of(2L, 3L, 9_999L));
        assertThat(orders.findAllById(List.of(4L, 3L, 2L, 1L, 9_999L)))
                .containsExactly(SEED.orders().get(0), SEED.orders().get(3));
        assertThat(orders.findAllById(List.of(5L, 5L, 6L)))
                .containsExactlyElementsOf(SEED.orders().subList(4, 6));
        orders.putAll(List.of());
        orders.deleteAllById(List.of());
        assertThat(orders.findAllById(List.of())).isEmpty();
    }

    @Test
    void changes_of_an_order_that_does_not_exist_return_nothing() {
        assertThat(orders.findById(77)).isEmpty();
        assertThat(orders.changeStatus(77, OrderStatus.PACKED)).isEmpty();
        assertThat(orders.changeItems(77, List.of())).isEmpty();
        assertThat(orders.changeNotes(77, "x")).isEmpty();
        assertThat(orders.cancel(77)).isEmpty();
    }

    @Test
    void orders_of_a_customer_come_by_ascending_id() {
        orders.putAll(SEED.orders());
        long customer = SEED.orders().get(0).customer().id();
        assertThat(orders.findByCustomer(customer))
                .hasSizeGreaterThan(1)
                .containsExactlyElementsOf(SEED.orders().stream()
                        .filter(order -> order.customer().id() == customer)
                        .toList());
    }

    @Test
    void orders_in_a_status_come_newest_first_up_to_the_limit() {
        orders.putAll(SEED.orders());
        List<Order> packed = SEED.orders().stream()
                .filter(order -> order.status() == OrderStatus.PACKED)
                .sorted(Comparator.comparingLong(Order::id).reversed())
                .limit(20)
                .toList();
        assertThat(orders.findByStatus(OrderStatus.PACKED, 20)).hasSize(20).containsExactlyElementsOf(packed);
    }

    @Test
    void a_refused_write_tells_no_value_of_the_row_in_its_own_message() {
        orders.create(newOrder(1));
        assertThatThrownBy(() -> orders.create(newOrder(1))).hasMessageNotContaining("example.org");
    }

    protected static NewOrder newOrder(int number) {
        Random random = new Random(number);
        AddressBook book = SEED.customers().get(number % SEED.customers().size());
        List<OrderItem> items = Products.items(random);
        return new NewOrder(
                "N-" + number,
                book.customer(),
                book.anyAddress(random),
                book.anyAddress(random),
                Amounts.of(items, Products.charge(random), Products.charge(random), Products.charge(random)),
                new Payment(PaymentMethod.CARD, PaymentStatus.AUTHORIZED),
                null,
                items);
    }

    private List<Order> allOf(SeedData seed) {
        return orders.findAllById(seed.orders().stream().map(Order::id).toList());
    }
}
