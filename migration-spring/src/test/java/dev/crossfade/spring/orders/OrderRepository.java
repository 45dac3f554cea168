package dev.crossfade.spring.orders;

import dev.crossfade.spring.MigratedRepository;
import java.util.List;
import java.util.Optional;

/** The orders of the service. */
@MigratedRepository(migration = "orders", from = "legacyOrders", to = "newOrders")
public interface OrderRepository {
    /** Finds one. */
    Optional<Order> findById(long id);

    /** Finds all. */
    List<Order> findAll();

    /** Inserts or updates one. */
    void save(Order order);

    /** Deletes one. */
    void deleteById(long id);
}
