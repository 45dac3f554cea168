package dev.crossfade.testing;

import dev.crossfade.Key;
import dev.crossfade.Write;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A repository as services have it. */
public interface Orders {
    Optional<Order> findById(long id);

    List<Order> findByCustomer(long customer);

    List<Order> findAllById(Collection<Long> ids);

    int countByStatus(String status);

    Order create(Order order);

    @Write
    boolean changeStatus(@Key long id, String status);

    void put(Order order);

    void deleteById(long id);
}
