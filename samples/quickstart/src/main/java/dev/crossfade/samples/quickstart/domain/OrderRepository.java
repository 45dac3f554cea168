package dev.crossfade.samples.quickstart.domain;

import dev.crossfade.Key;
import dev.crossfade.RoutingKey;
import dev.crossfade.Write;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The orders of the service. Each method is one transaction; lists come in ascending order of id unless they say
 * otherwise. Implementations are safe for use by many threads.
 */
public interface OrderRepository {

    Optional<Order> findById(long id);

    /** The orders among these ids that exist. */
    List<Order> findAllById(Collection<Long> ids);

    /** Orders by id, after the one and up to the other, at most {@code max}; {@code null} for no bound. */
    List<Order> findPage(@Nullable Long after, @Nullable Long upTo, int max);

    List<Order> findByCustomer(@RoutingKey long customerId);

    /** The newest orders in this status, highest id first. */
    List<Order> findByStatus(OrderStatus status, int limit);

    /** Stores a new order under an id of the store's making. */
    Order create(NewOrder order);

    /** The order as it stands afterwards, or empty if there is none with this id. */
    @Write
    Optional<Order> changeStatus(@Key long id, OrderStatus status);

    /** Replaces the items and computes the sums anew; the order as it stands afterwards, or empty. */
    @Write
    Optional<Order> changeItems(@Key long id, List<OrderItem> items);

    /** The order as it stands afterwards, or empty. */
    @Write
    Optional<Order> changeNotes(@Key long id, @Nullable String notes);

    /** Cancels the order and ends its payment; the order as it stands afterwards, or empty. */
    @Write
    Optional<Order> cancel(@Key long id);

    /** Removes the order and its items; whether there was one. */
    boolean deleteById(long id);

    void deleteAllById(Collection<Long> ids);

    /**
     * Makes the stored order equal to this one, by its id alone: inserts or overwrites it with all its items. Nothing
     * is stamped or counted up and no other order is touched, so doing it twice is doing it once.
     */
    void put(Order order);

    /** {@link #put} for each of them, in one transaction. */
    void putAll(Collection<Order> orders);
}
