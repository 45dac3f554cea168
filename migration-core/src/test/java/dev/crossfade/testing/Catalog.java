package dev.crossfade.testing;

import dev.crossfade.Key;
import dev.crossfade.Read;
import dev.crossfade.RoutingKey;
import dev.crossfade.Write;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A repository with reads of every shape. */
public interface Catalog {
    Optional<Order> findById(long id);

    @Nullable
    Order getById(long id);

    boolean existsById(long id);

    CompletionStage<Optional<Order>> loadById(long id);

    List<Order> findByCustomer(long customer);

    List<Order> findByTenant(@RoutingKey String tenant, long customer);

    List<Order> findAllById(Collection<Long> ids);

    int countByStatus(String status);

    Map<Long, Order> findMapByStatus(String status);

    Stream<Order> streamByStatus(String status);

    List<Order> findByFilter(Filter filter);

    @Read
    Order[] open(long[] customers);

    @Write
    boolean changeStatus(@Key long id, String status);

    void put(Order order);

    void deleteById(long id);

    /** An argument that its owner may change at any time. */
    final class Filter {
        public String status = "new";
    }
}
