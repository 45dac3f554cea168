package dev.crossfade.jdbc.keys;

import dev.crossfade.Key;
import dev.crossfade.Write;
import java.util.Optional;

/** A service that speaks of legacy ids. */
interface NumberedItems {
    Optional<Item<Long>> findById(long id);

    @Write
    void put(Item<Long> item);

    @Write(mayDelete = true)
    void deleteById(@Key long id);
}
