package dev.crossfade.samples.benchmarks;

import dev.crossfade.Key;
import dev.crossfade.Write;
import org.jspecify.annotations.Nullable;

/** The repository that is called. */
public interface Orders {

    /** The order with this number. */
    @Nullable
    Order findById(String number);

    /** Marks an order as paid; returns whether there is one. */
    @Write
    boolean pay(@Key String number);

    /** Makes the row equal to this order. */
    void put(Order order);

    /** Deletes the order with this number. */
    void deleteById(String number);
}
