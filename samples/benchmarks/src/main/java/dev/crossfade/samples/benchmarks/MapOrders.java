package dev.crossfade.samples.benchmarks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A store that costs next to nothing, so that what is measured is what stands before it. */
abstract class MapOrders implements Orders {
    /** How many orders there are; a power of two. */
    static final int SIZE = 1_024;

    private final Map<String, Order> rows = new ConcurrentHashMap<>();

    MapOrders() {
        for (int index = 0; index < SIZE; index++) {
            Order order = Order.numbered(index);
            rows.put(order.number(), order);
        }
    }

    /** The numbers of all orders. */
    static String[] numbers() {
        String[] numbers = new String[SIZE];
        for (int index = 0; index < SIZE; index++) {
            numbers[index] = Order.numberOf(index);
        }
        return numbers;
    }

    @Nullable
    Order row(String number) {
        return rows.get(number);
    }

    @Override
    public void put(Order order) {
        rows.put(order.number(), order);
    }

    @Override
    public void deleteById(String number) {
        rows.remove(number);
    }
}
