package dev.crossfade.jdbc;

import dev.crossfade.spi.EntityKey;
import java.util.List;
import java.util.Objects;

/**
 * A row whose reference leads nowhere. Its text form shows digests in place of values.
 *
 * @param key       the values of the row's key columns, of the classes that {@link References#key} names
 * @param reference what the row refers to and nobody has
 */
public record Orphan(List<Object> key, Object reference) {
    public Orphan {
        key = List.copyOf(key);
        Objects.requireNonNull(reference, "reference");
    }

    /** Such as {@code Orphan[key#1a2b3c4d, reference#5e6f7a8b]}. */
    @Override
    public String toString() {
        return "Orphan[" + new EntityKey("key", key) + ", " + new EntityKey("reference", reference) + "]";
    }
}
