package dev.crossfade.samples.quickstart.traffic;

import dev.crossfade.samples.quickstart.checker.Expectation;
import dev.crossfade.samples.quickstart.domain.Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * What callers were told about each order: the state that its last acknowledged write left, and what else it may be
 * where a caller was left in doubt. One writer per order; safe for use by many threads.
 */
public final class OrderBook {
    /** Times that the store stamps: nobody outside knows them if the answer was lost. */
    private static final Set<String> STAMPED = Set.of("updatedAt");

    /** @param known whether the caller saw this state, stamps included; false for the state a failed write aimed at */
    private record Page(Optional<Order> order, boolean known) {
        Expectation.State state() {
            return order.map(OrderFields::of)
                    .map(fields -> new Expectation.State(fields, known ? Set.of() : STAMPED))
                    .orElse(Expectation.State.ABSENT);
        }
    }

    private final Map<Long, List<Page>> pages = new ConcurrentSkipListMap<>();
    private final Set<String> doubtfulOrderNumbers = ConcurrentHashMap.newKeySet();
    private final AtomicLong acknowledged = new AtomicLong();

    /** @param existing orders that stood before anyone called */
    public OrderBook(Collection<Order> existing) {
        for (Order order : existing) {
            pages.put(order.id(), List.of(new Page(Optional.of(order), true)));
        }
    }

    /** A write was acknowledged: the order is exactly this now. */
    public void acknowledged(Order order) {
        pages.put(order.id(), List.of(new Page(Optional.of(order), true)));
        acknowledged.incrementAndGet();
    }

    /** A deletion was acknowledged. */
    public void acknowledgedDeletion(long id) {
        pages.put(id, List.of(new Page(Optional.empty(), true)));
        acknowledged.incrementAndGet();
    }

    /** A change failed before the caller's eyes: it may have happened or not. */
    public void doubtfulChange(long id, Function<Order, Optional<Order>> change) {
        pages.computeIfPresent(id, (key, before) -> {
            List<Page> possible = new ArrayList<>(before);
            for (Page page : before) {
                possible.add(new Page(page.order().flatMap(change), false));
            }
            return possible.stream().distinct().toList();
        });
    }

    /** A creation failed before the caller's eyes: an order with this number may exist or not. */
    public void doubtfulCreation(String orderNumber) {
        doubtfulOrderNumbers.add(orderNumber);
    }

    /** The state that reads must show; empty if the order was left in doubt or nobody knows it. */
    Optional<Optional<Order>> certain(long id) {
        List<Page> possible = pages.getOrDefault(id, List.of());
        return possible.size() == 1 ? Optional.of(possible.get(0).order()) : Optional.empty();
    }

    /** Orders that are certain to exist, by ascending id. */
    public List<Long> existingIds() {
        return pages.keySet().stream()
                .filter(id -> certain(id).flatMap(Function.identity()).isPresent())
                .toList();
    }

    /** Writes acknowledged so far. */
    public long acknowledgedWrites() {
        return acknowledged.get();
    }

    public boolean isDoubtful(String orderNumber) {
        return doubtfulOrderNumbers.contains(orderNumber);
    }

    /** What a checker has to find, by ascending id. */
    public Iterator<Expectation> expectations() {
        return pages.entrySet().stream()
                .map(entry -> new Expectation(
                        entry.getKey(),
                        entry.getValue().stream().map(Page::state).toList()))
                .iterator();
    }
}
