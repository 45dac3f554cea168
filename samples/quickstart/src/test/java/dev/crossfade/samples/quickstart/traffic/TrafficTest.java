package dev.crossfade.samples.quickstart.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.samples.quickstart.checker.Checker;
import dev.crossfade.samples.quickstart.checker.Finding;
import dev.crossfade.samples.quickstart.checker.Verdict;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.faults.FaultyDataSource;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.SeedData;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final SeedData SEED = SeedData.generate(300, 3);
    private static final TrafficSettings FAST = new TrafficSettings(3, 2_000, 10, Duration.ofMillis(1), 1);

    private final EmbeddedDatabase database =
            EmbeddedDatabase.create("traffic" + System.nanoTime(), NextOrders.class, "schema.sql");
    private final FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
    private final AtomicLong ids = new AtomicLong(10_000);
    private final OrderRepository orders = new NextOrders(faulty.dataSource(), ids::incrementAndGet, Clock.systemUTC());
    private final OrderBook book = new OrderBook(SEED.orders());

    @BeforeEach
    void fill() {
        orders.putAll(SEED.orders());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void the_book_of_healthy_traffic_agrees_with_the_database_to_the_last_field() throws SQLException {
        TrafficCounts counts = run(orders, failure -> false, 600);
        assertThat(counts.failures()).isZero();
        assertThat(counts.readYourWritesBroken()).as(counts.toString()).isZero();
        assertThat(counts.wrongAnswers()).as(counts.toString()).isZero();
        assertThat(counts.writes()).isEqualTo(book.acknowledgedWrites());
        assertThat(counts.reads()).isGreaterThan(counts.writes());
        assertThat(check().findings()).isEmpty();
    }

    @Test
    void a_write_that_is_acknowledged_but_not_done_is_seen_by_reader_and_checker() throws SQLException {
        AtomicInteger calls = new AtomicInteger();
        OrderRepository forgetful = intercepted((method, call) -> {
            if (method.equals("changeStatus") && calls.incrementAndGet() == 5) {
                Order claimed = (Order) ((Optional<?>) call.get()).orElseThrow();
                orders.put(claimed.withStatus(OrderStatus.PLACED, claimed.createdAt()));
                return Optional.of(claimed);
            }
            return call.get();
        });
        TrafficCounts counts = run(forgetful, failure -> false, 100);
        assertThat(counts.readYourWritesBroken()).isPositive();
        assertThat(counts.firstComplaints()).isNotEmpty();
    }

    @Test
    void time_outs_that_are_not_retryable_leave_doubt_but_no_loss() throws SQLException {
        faulty.setTimeOutEvery(40);
        TrafficCounts counts = run(orders, failure -> false, 400);
        faulty.setTimeOutEvery(0);
        assertThat(counts.failures()).isPositive();
        assertThat(counts.readYourWritesBroken()).as(counts.toString()).isZero();
        assertThat(check().findings()).isEmpty();
    }

    @Test
    void retryable_failures_are_tried_again_and_hidden_from_the_caller() throws SQLException {
        faulty.setTimeOutEvery(40);
        TrafficCounts counts = run(orders, failure -> true, 400);
        faulty.setTimeOutEvery(0);
        assertThat(counts.retries()).isPositive();
        assertThat(counts.failures()).isZero();
        assertThat(check().findings()).isEmpty();
    }

    @Test
    void nothing_is_written_while_the_traffic_is_silent() {
        try (Traffic traffic = traffic(orders, failure -> false)) {
            traffic.start();
            await().until(() -> traffic.counts().writes() > 20);
            traffic.pause();
            long before = traffic.counts().writes();
            List<Order> first = orders.findAllById(book.existingIds());
            assertThat(orders.findAllById(book.existingIds())).isEqualTo(first);
            assertThat(traffic.counts().writes()).isEqualTo(before);
            traffic.resume();
            await().until(() -> traffic.counts().writes() > before);
        }
    }

    @Test
    void reserved_orders_are_left_alone() {
        Order reserved = SEED.orders().get(0);
        for (int i = 1; i < SEED.orders().size(); i++) {
            book.acknowledgedDeletion(SEED.orders().get(i).id());
            orders.deleteById(SEED.orders().get(i).id());
        }
        run(orders, failure -> false, 100);
        assertThat(orders.findById(reserved.id())).contains(reserved);
    }

    @Test
    void traffic_keeps_to_its_rate() throws InterruptedException {
        TrafficSettings slow = new TrafficSettings(2, 100, 1, Duration.ZERO, 1);
        try (Traffic traffic = new Traffic(orders, book, SEED.customers(), Set.of(), slow, failure -> false)) {
            long start = System.nanoTime();
            traffic.start();
            await().until(() -> traffic.counts().writes() > 20);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            assertThat(elapsed).isGreaterThan(Duration.ofMillis(200));
        }
    }

    @Test
    void a_doubtful_deletion_accepts_both_ends() throws SQLException {
        book.attempt(7, order -> Optional.empty());
        assertThat(check().isClean()).isTrue();
        orders.deleteById(7);
        assertThat(check().isClean()).isTrue();
        orders.deleteById(8);
        assertThat(check().count(Finding.Kind.LOST_WRITE)).isEqualTo(1);
    }

    /** However busy the machine is. */
    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private TrafficCounts run(OrderRepository target, Predicate<Throwable> retryable, int writes) {
        Traffic traffic = traffic(target, retryable);
        try (traffic) {
            traffic.start();
            await().until(() -> traffic.counts().writes() >= writes);
        }
        return traffic.counts();
    }

    private Traffic traffic(OrderRepository target, Predicate<Throwable> retryable) {
        return new Traffic(target, book, SEED.customers(), Set.of(1L), FAST, retryable);
    }

    private Verdict check() throws SQLException {
        return Checker.checkNew(database.dataSource(), book.expectations(), book::isDoubtful);
    }

    private interface Call {
        Object get() throws Throwable;
    }

    private interface Interceptor {
        Object call(String method, Call call) throws Throwable;
    }

    private OrderRepository intercepted(Interceptor interceptor) {
        return (OrderRepository) Proxy.newProxyInstance(
                OrderRepository.class.getClassLoader(),
                new Class<?>[] {OrderRepository.class},
                (proxy, method, arguments) -> interceptor.call(method.getName(), () -> {
                    try {
                        return method.invoke(orders, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
