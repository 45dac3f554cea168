package dev.crossfade.spring.orders;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Customers in memory. */
public class HeldCustomers implements CustomerRepository {
    private final Map<Long, Customer> customers = new ConcurrentHashMap<>();

    @Override
    public Optional<Customer> findById(long id) {
        return Optional.ofNullable(customers.get(id));
    }

    @Override
    public void save(Customer customer) {
        customers.put(customer.id(), customer);
    }

    @Override
    public void deleteById(long id) {
        customers.remove(id);
    }
}
