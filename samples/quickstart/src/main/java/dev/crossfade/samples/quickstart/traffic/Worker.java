package dev.crossfade.samples.quickstart.traffic;

import dev.crossfade.samples.quickstart.domain.Amounts;
import dev.crossfade.samples.quickstart.domain.NewOrder;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderItem;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.domain.Payment;
import dev.crossfade.samples.quickstart.domain.PaymentMethod;
import dev.crossfade.samples.quickstart.domain.PaymentStatus;
import dev.crossfade.samples.quickstart.seed.AddressBook;
import dev.crossfade.samples.quickstart.seed.Products;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One caller of the repository. It writes only orders of its own, so it knows what each of them must look like. Used by
 * one thread.
 */
final class Worker {
    private static final OrderStatus[] STEPS = {
        OrderStatus.CONFIRMED, OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED
    };
    private static final int LIST_LIMIT = 20;
    private static final int REMEMBERED_DELETIONS = 200;

    private final String name;
    private final OrderRepository orders;
    private final OrderBook book;
    private final List<AddressBook> customers;
    private final TrafficSettings settings;
    private final Predicate<Throwable> retryable;
    private final Tally tally;
    private final Random random;
    private final List<Long> live;
    private final Set<Long> own;
    private final List<Long> deleted = new ArrayList<>();
    private int created;

    Worker(
            String name,
            OrderRepository orders,
            OrderBook book,
            List<AddressBook> customers,
            List<Long> own,
            TrafficSettings settings,
            Predicate<Throwable> retryable,
            Tally tally) {
        this.name = name;
        this.orders = orders;
        this.book = book;
        this.customers = customers;
        this.live = new ArrayList<>(own);
        this.own = new HashSet<>(own);
        this.settings = settings;
        this.retryable = retryable;
        this.tally = tally;
        this.random = new Random(settings.seed() * 31 + name.hashCode());
    }

    /** One operation, and the read of an own write that follows it. */
    void work() {
        int dice = random.nextInt(100);
        if (live.isEmpty() || dice < 9) {
            create();
        } else if (dice < 21) {
            OrderStatus status = STEPS[random.nextInt(STEPS.length)];
            change("changeStatus", id -> orders.changeStatus(id, status), (o, at) -> o.withStatus(status, at));
        } else if (dice < 29) {
            List<OrderItem> items = Products.items(random);
            change("changeItems", id -> orders.changeItems(id, items), (o, at) -> o.withItems(items, at));
        } else if (dice < 32) {
            change("cancel", id -> orders.cancel(id), Order::cancelled);
        } else if (dice < 35) {
            String notes = "Changed " + random.nextInt();
            change("changeNotes", id -> orders.changeNotes(id, notes), (o, at) -> o.withNotes(notes, at));
        } else if (dice < 40) {
            delete();
        } else if (dice < 75) {
            readById(ownId(), "another write");
        } else if (dice < 78 && !deleted.isEmpty()) {
            readById(deleted.get(random.nextInt(deleted.size())), "deleteById");
        } else if (dice < 90) {
            long customer = anyCustomer().customer().id();
            read(() -> orders.findByCustomer(customer)).ifPresent(this::compareList);
        } else {
            OrderStatus status = STEPS[random.nextInt(STEPS.length)];
            read(() -> orders.findByStatus(status, LIST_LIMIT)).ifPresent(this::compareList);
        }
    }

    private void create() {
        AddressBook customer = anyCustomer();
        List<OrderItem> items = Products.items(random);
        NewOrder order = new NewOrder(
                name + "-" + settings.seed() + "-" + ++created,
                customer.customer(),
                customer.anyAddress(random),
                customer.anyAddress(random),
                Amounts.of(items, Products.charge(random), Products.charge(random), Products.charge(random)),
                new Payment(random.nextBoolean() ? PaymentMethod.CARD : null, PaymentStatus.AUTHORIZED),
                random.nextInt(4) == 0 ? "Note " + random.nextInt() + " ✍" : null,
                items);
        book.attemptCreation(order.orderNumber());
        Optional<Order> result =
                write(() -> Optional.of(orders.create(order)), () -> book.nothingCreated(order.orderNumber()));
        result.ifPresent(placed -> {
            live.add(placed.id());
            own.add(placed.id());
            book.acknowledged(placed);
            tally.writes.increment();
            if (!placed.equals(order.placed(placed.id(), placed.createdAt()))) {
                tally.wrongAnswer(placed.id(), "create");
            }
            readById(placed.id(), "create");
        });
    }

    /**
     * @param call   makes the change of the order with this id
     * @param change what it has to make of the order, stamped with the given time
     */
    private void change(
            String operation, LongFunction<Optional<Order>> call, BiFunction<Order, Instant, Order> change) {
        long id = ownId();
        Optional<Optional<Order>> before = book.certain(id);
        book.attempt(id, order -> Optional.of(change.apply(order, Instant.EPOCH)));
        Optional<Optional<Order>> result = write(() -> Optional.of(call.apply(id)), () -> book.nothingDone(id));
        result.ifPresent(answer -> {
            Optional<Order> expected = before.flatMap(state -> state)
                    .flatMap(order -> answer.map(after -> change.apply(order, after.updatedAt())));
            if (before.isPresent() && !answer.equals(expected)) {
                tally.wrongAnswer(id, operation);
            }
            answer.ifPresent(book::acknowledged);
            if (answer.isEmpty() && before.isEmpty()) {
                // An earlier deletion was left in doubt; now it is known.
                forget(id);
            }
            tally.writes.increment();
            readById(id, operation);
        });
    }

    private void delete() {
        long id = ownId();
        Optional<Optional<Order>> before = book.certain(id);
        book.attempt(id, order -> Optional.empty());
        Optional<Boolean> result = write(() -> Optional.of(orders.deleteById(id)), () -> book.nothingDone(id));
        result.ifPresent(existed -> {
            if (!existed && before.flatMap(state -> state).isPresent()) {
                tally.wrongAnswer(id, "deleteById");
            }
            forget(id);
            tally.writes.increment();
            readById(id, "deleteById");
        });
    }

    private void forget(long id) {
        book.acknowledgedDeletion(id);
        live.remove(id);
        own.remove(id);
        deleted.add(id);
        if (deleted.size() > REMEMBERED_DELETIONS) {
            deleted.remove(0);
        }
    }

    private void readById(long id, String after) {
        read(() -> orders.findById(id))
                .ifPresent(answer -> book.certain(id)
                        .filter(expected -> !expected.equals(answer))
                        .ifPresent(expected -> tally.readYourWritesBroken(id, after)));
    }

    private void compareList(List<Order> list) {
        for (Order order : list) {
            boolean behind = own.contains(order.id())
                    && book.certain(order.id())
                            .filter(expected -> !expected.equals(Optional.of(order)))
                            .isPresent();
            if (behind) {
                tally.staleInLists.increment();
            }
        }
    }

    private <T> Optional<T> read(Supplier<T> call) {
        Optional<T> result = attempt(() -> Optional.of(call.get()), () -> {});
        result.ifPresent(answer -> tally.reads.increment());
        return result;
    }

    /** @param nothingDone told if the write is given up and has left nothing; left in doubt, it stays an attempt */
    private <T> Optional<T> write(Supplier<Optional<T>> call, Runnable nothingDone) {
        long began = System.nanoTime();
        Optional<T> result = attempt(call, nothingDone);
        tally.longestWriteNanos.accumulate(System.nanoTime() - began);
        return result;
    }

    /** Tries again as long as a failure says that nothing was done; empty if it was given up. */
    private <T> Optional<T> attempt(Supplier<Optional<T>> call, Runnable nothingDone) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (RuntimeException e) {
                boolean retry = retryable.test(e);
                if (!retry || attempt >= settings.attempts()) {
                    if (retry) {
                        nothingDone.run();
                    }
                    tally.failures.increment();
                    return Optional.empty();
                }
                tally.retries.increment();
                pause(settings.pauseBeforeRetry().multipliedBy(attempt));
            }
        }
    }

    private static void pause(Duration pause) {
        LockSupport.parkNanos(pause.toNanos());
    }

    private AddressBook anyCustomer() {
        return customers.get(random.nextInt(customers.size()));
    }

    private long ownId() {
        return live.get(random.nextInt(live.size()));
    }
}
