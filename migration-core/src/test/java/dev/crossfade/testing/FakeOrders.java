package dev.crossfade.testing;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A store of orders that does what it is told: answers, fails, hangs. */
public final class FakeOrders implements Orders {
    public final Map<Long, Order> rows = new ConcurrentSkipListMap<>();
    public final AtomicInteger reads = new AtomicInteger();
    public final AtomicInteger writes = new AtomicInteger();
    public volatile Hook beforeRead = operation -> {};
    public volatile Hook beforeWrite = operation -> {};
    private final AtomicLong ids;

    /** Called before an operation; may throw anything. */
    @FunctionalInterface
    public interface Hook {
        void run(String operation) throws Throwable;
    }

    public FakeOrders(long firstId) {
        this.ids = new AtomicLong(firstId);
    }

    private void reading(String operation) {
        reads.incrementAndGet();
        run(beforeRead, operation);
    }

    private void writing(String operation) {
        writes.incrementAndGet();
        run(beforeWrite, operation);
    }

    private static void run(Hook hook, String operation) {
        try {
            hook.run(operation);
        } catch (Throwable failure) {
            throw FakeOrders.<RuntimeException>sneaky(failure);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable failure) throws X {
        throw (X) failure;
    }

    @Override
    public Optional<Order> findById(long id) {
        reading("findById");
        return Optional.ofNullable(rows.get(id));
    }

    @Override
    public List<Order> findByCustomer(long customer) {
        reading("findByCustomer");
        return rows.values().stream()
                .filter(order -> order.customer() == customer)
                .toList();
    }

    @Override
    public List<Order> findAllById(Collection<Long> ids) {
        reading("findAllById");
        return ids.stream().map(rows::get).filter(Objects::nonNull).toList();
    }

    /** Orders by id, after the one and up to the other. */
    public List<Order> page(@Nullable Long after, @Nullable Long upTo, int max) {
        reading("page");
        return rows.values().stream()
                .filter(order -> after == null || Objects.requireNonNull(order.id()) > after)
                .filter(order -> upTo == null || Objects.requireNonNull(order.id()) <= upTo)
                .limit(max)
                .toList();
    }

    @Override
    public int countByStatus(String status) {
        reading("countByStatus");
        return (int) rows.values().stream()
                .filter(order -> order.status().equals(status))
                .count();
    }

    @Override
    public Order create(Order order) {
        writing("create");
        Order created = order.withId(ids.getAndIncrement());
        rows.put(Objects.requireNonNull(created.id()), created);
        return created;
    }

    @Override
    public boolean changeStatus(long id, String status) {
        writing("changeStatus");
        return rows.computeIfPresent(id, (key, order) -> order.withStatus(status)) != null;
    }

    @Override
    public void put(Order order) {
        writing("put");
        rows.put(Objects.requireNonNull(order.id()), order);
    }

    @Override
    public void deleteById(long id) {
        writing("deleteById");
        rows.remove(id);
    }

    /** The row of this key, or null. */
    public @Nullable Order row(long id) {
        return rows.get(id);
    }
}
