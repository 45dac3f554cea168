package dev.crossfade.spi;

import java.util.Objects;

/** A key that a write touched, and how. */
public record Touch(EntityKey key, Change change) {
    public Touch {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(change, "change");
    }
}
