package dev.crossfade.testing;

import org.jspecify.annotations.Nullable;

/** An order of the tests. */
public record Order(
        @Nullable Long id,
        long customer,
        String status,
        @Nullable String note) {
    public Order withStatus(String other) {
        return new Order(id, customer, other, note);
    }

    public Order withId(long given) {
        return new Order(given, customer, status, note);
    }
}
