package dev.crossfade.samples.quickstart.domain;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who ordered, as an order shows it.
 *
 * <p>The monolith owns its users: the legacy store reads e-mail, name and phone from there and never writes them. The
 * new store keeps them as a snapshot. Whoever edits a user in the monolith therefore marks that user's orders; in this
 * sample nobody does.
 */
public record Customer(
        long id, String email, String name, @Nullable String phone) {

    public Customer {
        Objects.requireNonNull(email, "email");
        Objects.requireNonNull(name, "name");
    }
}
