package dev.crossfade.jdbc.kill;

import dev.crossfade.Key;
import dev.crossfade.Read;
import dev.crossfade.Write;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The repository that the library's children write through. */
interface Items {
    Optional<Item> findById(String id);

    List<Item> findAllById(Collection<String> ids);

    /** The first items of a range in the order of their keys' bytes; {@code null} for no bound. */
    @Read
    List<Item> findPage(@Nullable String after, @Nullable String upTo, int max);

    /** Writes the key, whether or not it is there, one order on; the row stays locked to the commit. */
    @Write
    Item change(@Key String id, String writer, String payload);

    /** Deletes the key if it is there; returns the order of that. */
    @Write(mayDelete = true)
    OptionalLong remove(@Key String id);

    /** Makes the rows equal to these, by key only. */
    @Write
    void putAll(Collection<Item> items);

    @Write(mayDelete = true)
    void deleteAllById(Collection<String> ids);
}
