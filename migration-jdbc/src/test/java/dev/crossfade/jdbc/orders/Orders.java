package dev.crossfade.jdbc.orders;

import dev.crossfade.Key;
import dev.crossfade.Read;
import dev.crossfade.Write;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the service calls. */
public interface Orders {
    Optional<Order> findById(long id);

    List<Order> findAllById(Collection<Long> ids);

    /** Orders by id, after the one and up to the other, at most {@code max}. */
    List<Order> findPage(@Nullable Long after, @Nullable Long upTo, int max);

    @Read
    long countByStatus(String status);

    /** Inserts an order under an id that the database gives. */
    Order insert(Order order);

    /** Raises the order's steps by one in the database; false if there is no such order. */
    @Write
    boolean step(@Key long id);

    /** Makes the order's row equal to it, whether or not it exists. */
    @Write
    void put(Order order);

    void deleteById(long id);

    @Write
    void putAll(Collection<Order> orders);

    @Write(mayDelete = true)
    void deleteAllById(Collection<Long> ids);
}
