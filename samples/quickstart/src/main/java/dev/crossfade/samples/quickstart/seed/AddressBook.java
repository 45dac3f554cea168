package dev.crossfade.samples.quickstart.seed;

import dev.crossfade.samples.quickstart.domain.Address;
import dev.crossfade.samples.quickstart.domain.Customer;
import java.util.List;
import java.util.Random;

/** A customer and the addresses that orders of this customer choose from, one or more. */
public record AddressBook(Customer customer, List<Address> addresses) {

    public AddressBook {
        addresses = List.copyOf(addresses);
    }

    public Address anyAddress(Random random) {
        return addresses.get(random.nextInt(addresses.size()));
    }
}
