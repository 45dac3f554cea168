package dev.crossfade.spring;

import dev.crossfade.RepositoryBuilder;

/**
 * A bean that describes a {@link MigratedRepository}: its entity and key, how its rows are overwritten, backfilled and
 * compared. Both implementations are set already.
 *
 * <pre>{@code
 * @Bean
 * RepositoryCustomizer<OrderRepository> orders() {
 *     return orders -> orders.key(Order.class, Order::id).overwrite(OrderRepository::put);
 * }
 * }</pre>
 *
 * <p>It is found by its type argument. Where there are several they are called in their {@code @Order}.
 *
 * @param <R> the repository's interface
 */
@FunctionalInterface
public interface RepositoryCustomizer<R> {

    /** Describes the repository; called once, while the migration is built. */
    void customize(RepositoryBuilder<R> repository);
}
