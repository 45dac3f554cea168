package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.EntityKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A key with its bytes and what a statement does with it. Statements lock keys in the order of entity and bytes,
 * which is the same in every JVM, so that two of them never wait for each other in a circle.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record Encoded<T>(EntityKey key, byte[] bytes, T value) {
    private static final Comparator<Encoded<?>> ORDER = Comparator.<Encoded<?>, String>comparing(Encoded::entity)
            .thenComparing(Encoded::bytes, Arrays::compareUnsigned);

    /** So many keys go into one statement. */
    static final int CHUNK = 500;

    String entity() {
        return key.entity();
    }

    /** Equal for equal entity and bytes; to find a key that the database has returned. */
    static List<Object> identity(String entity, byte[] bytes) {
        return List.of(entity, ByteBuffer.wrap(bytes));
    }

    static <T> List<Encoded<T>> sorted(KeyCodec codec, Map<EntityKey, T> values) {
        List<Encoded<T>> sorted = new ArrayList<>(values.size());
        values.forEach((key, value) -> sorted.add(new Encoded<>(key, codec.encode(key), value)));
        sorted.sort(ORDER);
        return sorted;
    }

    static List<Encoded<EntityKey>> sorted(KeyCodec codec, Collection<EntityKey> keys) {
        Map<EntityKey, EntityKey> distinct = new LinkedHashMap<>();
        keys.forEach(key -> distinct.put(key, key));
        return sorted(codec, distinct);
    }

    static <T> List<List<Encoded<T>>> chunks(List<Encoded<T>> sorted) {
        List<List<Encoded<T>>> chunks = new ArrayList<>();
        for (int from = 0; from < sorted.size(); from += CHUNK) {
            chunks.add(sorted.subList(from, Math.min(from + CHUNK, sorted.size())));
        }
        return chunks;
    }

    /** Runs of one entity: what an {@code IN} list over keys can ask for at once. */
    static <T> List<List<Encoded<T>>> chunksByEntity(List<Encoded<T>> sorted) {
        List<List<Encoded<T>>> chunks = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= sorted.size(); to++) {
            if (to == sorted.size()
                    || to - from == CHUNK
                    || !sorted.get(to).entity().equals(sorted.get(from).entity())) {
                chunks.add(sorted.subList(from, to));
                from = to;
            }
        }
        return chunks;
    }
}
