package dev.crossfade.samples.quickstart.domain;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A postal address, owned by the order that carries it: later edits of an address book never change it. */
public record Address(
        String recipient,
        String line1,
        @Nullable String line2,
        String city,
        @Nullable String region,
        @Nullable String postalCode,
        String country) {

    public Address {
        Objects.requireNonNull(recipient, "recipient");
        Objects.requireNonNull(line1, "line1");
        Objects.requireNonNull(city, "city");
        Objects.requireNonNull(country, "country");
    }
}
