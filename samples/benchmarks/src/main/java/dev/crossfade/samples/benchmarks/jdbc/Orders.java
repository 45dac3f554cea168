package dev.crossfade.samples.benchmarks.jdbc;

import dev.crossfade.Key;
import dev.crossfade.Write;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The repository that moves. */
public interface Orders {
    Optional<Order> findById(long id);

    List<Order> findAllById(Collection<Long> ids);

    /** Inserts a new order. */
    void insert(Order order);

    /** Changes one column of an order. */
    @Write
    boolean pay(@Key long id, String status);

    /** Makes the order's row equal to it, whether or not it exists. */
    @Write
    void put(Order order);

    @Write
    void putAll(Collection<Order> orders);

    void deleteById(long id);

    @Write(mayDelete = true)
    void deleteAllById(Collection<Long> ids);
}
