package dev.crossfade.jdbc.keys;

import dev.crossfade.Key;
import dev.crossfade.Write;
import java.util.Optional;
import java.util.UUID;

/** A service that speaks of the new store's UUIDs already. */
interface IdentifiedItems {
    Optional<Item<UUID>> findById(UUID id);

    @Write
    void put(Item<UUID> item);

    @Write(mayDelete = true)
    void deleteById(@Key UUID id);
}
