package dev.crossfade.testing;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store that a script may make answer, fail or hang in any way; it counts every read. */
public final class FakeCatalog implements Catalog {
    public final Map<Long, Order> rows = new ConcurrentSkipListMap<>();
    public final AtomicInteger reads = new AtomicInteger();

    /** What reads do. */
    public volatile Script onRead = (operation, normal) -> normal.get();

    /** What writes do. */
    public volatile Script onWrite = (operation, normal) -> normal.get();

    /** Stands between the caller and what the store would do. */
    @FunctionalInterface
    public interface Script {
        @Nullable
        Object run(String operation, Supplier<? extends @Nullable Object> normal) throws Throwable;
    }

    /** A script that throws. */
    public static Script failing(Supplier<? extends Throwable> failure) {
        return (operation, normal) -> {
            throw failure.get();
        };
    }

    /** A script that answers with this. */
    public static Script answering(@Nullable Object answer) {
        return (operation, normal) -> answer;
    }

    /** The store answers as it should again. */
    public void heal() {
        onRead = (operation, normal) -> normal.get();
        onWrite = (operation, normal) -> normal.get();
    }

    @SuppressWarnings({"unchecked", "NullAway"})
    private static <T extends @Nullable Object> T run(Script script, String operation, Supplier<T> normal) {
        try {
            return (T) script.run(operation, normal);
        } catch (Throwable failure) {
            throw FakeCatalog.<RuntimeException>sneaky(failure);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable failure) throws X {
        throw (X) failure;
    }

    private <T extends @Nullable Object> T read(String operation, Supplier<T> normal) {
        reads.incrementAndGet();
        return run(onRead, operation, normal);
    }

    private List<Order> matching(Predicate<Order> condition) {
        return rows.values().stream().filter(condition).toList();
    }

    @Override
    public Optional<Order> findById(long id) {
        return read("findById", () -> Optional.ofNullable(rows.get(id)));
    }

    @Override
    public @Nullable Order getById(long id) {
        return this.<@Nullable Order>read("getById", () -> rows.get(id));
    }

    @Override
    public boolean existsById(long id) {
        return read("existsById", () -> rows.containsKey(id));
    }

    @Override
    public CompletionStage<Optional<Order>> loadById(long id) {
        return read("loadById", () -> CompletableFuture.completedFuture(Optional.ofNullable(rows.get(id))));
    }

    @Override
    public List<Order> findByCustomer(long customer) {
        return read("findByCustomer", () -> matching(order -> order.customer() == customer));
    }

    @Override
    public List<Order> findByTenant(String tenant, long customer) {
        return read("findByTenant", () -> matching(order -> order.customer() == customer));
    }

    @Override
    public List<Order> findAllById(Collection<Long> ids) {
        return read(
                "findAllById",
                () -> ids.stream().map(rows::get).filter(Objects::nonNull).toList());
    }

    @Override
    public int countByStatus(String status) {
        return read(
                "countByStatus",
                () -> matching(order -> order.status().equals(status)).size());
    }

    @Override
    public Map<Long, Order> findMapByStatus(String status) {
        return read(
                "findMapByStatus",
                () -> matching(order -> order.status().equals(status)).stream()
                        .collect(Collectors.toMap(order -> Objects.requireNonNull(order.id()), order -> order)));
    }

    @Override
    public Stream<Order> streamByStatus(String status) {
        return read("streamByStatus", () -> matching(order -> order.status().equals(status)).stream());
    }

    @Override
    public List<Order> findByFilter(Filter filter) {
        return read("findByFilter", () -> matching(order -> order.status().equals(filter.status)));
    }

    @Override
    public Order[] open(long[] customers) {
        return read(
                "open",
                () -> matching(order -> Arrays.stream(customers).anyMatch(customer -> customer == order.customer()))
                        .toArray(Order[]::new));
    }

    @Override
    public boolean changeStatus(long id, String status) {
        return run(
                onWrite,
                "changeStatus",
                () -> rows.computeIfPresent(id, (key, order) -> order.withStatus(status)) != null);
    }

    @Override
    public void put(Order order) {
        run(onWrite, "put", () -> rows.put(Objects.requireNonNull(order.id()), order) == null);
    }

    @Override
    public void deleteById(long id) {
        run(onWrite, "deleteById", () -> rows.remove(id) != null);
    }
}
