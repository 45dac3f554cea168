package dev.crossfade.samples.quickstart.traffic;

import dev.crossfade.samples.quickstart.checker.Expectation;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.traffic.JournalEntry.Acknowledged;
import dev.crossfade.samples.quickstart.traffic.JournalEntry.Attempted;
import dev.crossfade.samples.quickstart.traffic.JournalEntry.CreationAttempted;
import dev.crossfade.samples.quickstart.traffic.JournalEntry.DeletionAcknowledged;
import dev.crossfade.samples.quickstart.traffic.JournalEntry.NothingCreated;
import dev.crossfade.samples.quickstart.traffic.JournalEntry.NothingDone;
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
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What callers were told about each order: the state that its last acknowledged write left, and what else it may be
 * where a caller was left in doubt or died before the answer. One writer per order, one write at a time; safe for use by
 * many threads.
 */
public final class OrderBook {
    /** Times that the store stamps: nobody outside knows them if the answer was lost. */
    private static final Set<String> STAMPED = Set.of("updatedAt");

    /** @param known whether the caller saw this state, stamps included; false for the state a write aims at */
    private record Page(Optional<Order> order, boolean known) {
        Expectation.State state() {
            return order.map(OrderFields::of)
                    .map(fields -> new Expectation.State(fields, known ? Set.of() : STAMPED))
                    .orElse(Expectation.State.ABSENT);
        }
    }

    private final Map<Long, List<Page>> pages = new ConcurrentSkipListMap<>();

    /** What the pages of an order were before the attempt that is under way. */
    private final Map<Long, List<Page>> beforeAttempt = new ConcurrentHashMap<>();

    private final Set<String> doubtfulOrderNumbers = ConcurrentHashMap.newKeySet();
    private final AtomicLong acknowledged = new AtomicLong();
    private final Consumer<JournalEntry> journal;

    /** A book that is kept in memory only, or is filled from journals. */
    public OrderBook(Collection<Order> existing) {
        this(existing, entry -> {});
    }

    /**
     * @param existing orders that stood before anyone called
     * @param journal  has every entry before this book counts it
     */
    public OrderBook(Collection<Order> existing, Consumer<JournalEntry> journal) {
        this.journal = journal;
        for (Order order : existing) {
            pages.put(order.id(), List.of(new Page(Optional.of(order), true)));
        }
    }

    /** A change is about to begin; until more is said it may have happened or not. */
    public void attempt(long id, Function<Order, Optional<Order>> change) {
        List<Optional<Order>> aims = pages.getOrDefault(id, List.of()).stream()
                .map(page -> page.order().flatMap(change))
                .distinct()
                .toList();
        note(new Attempted(
                id, aims.stream().flatMap(Optional::stream).toList(), aims.contains(Optional.<Order>empty())));
    }

    /** A creation is about to begin; until more is said an order with this number may exist or not. */
    public void attemptCreation(String orderNumber) {
        note(new CreationAttempted(orderNumber));
    }

    /** The attempt left nothing: the order is what it was before. */
    public void nothingDone(long id) {
        note(new NothingDone(id));
    }

    /** The attempt left nothing: there is no order with this number. */
    public void nothingCreated(String orderNumber) {
        note(new NothingCreated(orderNumber));
    }

    /** A write was acknowledged: the order is exactly this now. */
    public void acknowledged(Order order) {
        note(new Acknowledged(order));
    }

    /** A deletion was acknowledged. */
    public void acknowledgedDeletion(long id) {
        note(new DeletionAcknowledged(id));
    }

    private void note(JournalEntry entry) {
        journal.accept(entry);
        replay(entry);
    }

    /** Takes in what stands in a journal already. */
    public void replay(JournalEntry entry) {
        if (entry instanceof Attempted attempt) {
            begin(attempt);
        } else if (entry instanceof CreationAttempted attempt) {
            doubtfulOrderNumbers.add(attempt.orderNumber());
        } else if (entry instanceof NothingDone nothing) {
            List<Page> before = beforeAttempt.remove(nothing.id());
            if (before != null) {
                pages.put(nothing.id(), before);
            }
        } else if (entry instanceof NothingCreated nothing) {
            doubtfulOrderNumbers.remove(nothing.orderNumber());
        } else if (entry instanceof Acknowledged done) {
            doubtfulOrderNumbers.remove(done.order().orderNumber());
            become(done.order().id(), Optional.of(done.order()));
        } else if (entry instanceof DeletionAcknowledged done) {
            become(done.id(), Optional.empty());
        }
    }

    private void begin(Attempted attempt) {
        List<Page> before = pages.getOrDefault(attempt.id(), List.of());
        List<Page> possible = new ArrayList<>(before);
        attempt.aims().forEach(aim -> possible.add(new Page(Optional.of(aim), false)));
        if (attempt.mayBeAbsent()) {
            possible.add(new Page(Optional.empty(), false));
        }
        beforeAttempt.put(attempt.id(), before);
        pages.put(attempt.id(), possible.stream().distinct().toList());
    }

    private void become(long id, Optional<Order> order) {
        pages.put(id, List.of(new Page(order, true)));
        beforeAttempt.remove(id);
        acknowledged.incrementAndGet();
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
