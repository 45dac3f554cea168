package dev.crossfade.spring.orders;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Orders in memory. */
public class HeldOrders implements OrderRepository {
    private final Map<Long, Order> orders = new ConcurrentSkipListMap<>();

    @Override
    public Optional<Order> findById(long id) {
        return Optional.ofNullable(orders.get(id));
    }

    @Override
    public List<Order> findAll() {
        return List.copyOf(orders.values());
    }

    @Override
    public void save(Order order) {
        orders.put(order.id(), order);
    }

    @Override
    public void deleteById(long id) {
        orders.remove(id);
    }
}
