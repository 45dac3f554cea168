package dev.crossfade.spring.orders;

import java.util.Optional;

/** An interface of somebody else's, which nobody can annotate. */
public interface CustomerRepository {
    /** Finds one. */
    Optional<Customer> findById(long id);

    /** Inserts or updates one. */
    void save(Customer customer);

    /** Deletes one. */
    void deleteById(long id);
}
