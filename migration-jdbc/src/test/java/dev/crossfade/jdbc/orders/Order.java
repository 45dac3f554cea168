package dev.crossfade.jdbc.orders;

import org.jspecify.annotations.Nullable;

/**
 * An order.
 *
 * @param id     0 before the database has given one
 * @param number unique among orders; {@code null} for none
 * @param steps  how often it was changed, in the order in which the changes became true
 */
public record Order(long id, @Nullable String number, String status, long steps) {
    public Order with(String newStatus) {
        return new Order(id, number, newStatus, steps + 1);
    }
}
