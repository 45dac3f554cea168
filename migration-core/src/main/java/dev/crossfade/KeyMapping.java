package dev.crossfade;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * How the keys of the legacy store become keys of the new store, and back. Repositories use it; Crossfade asks only
 * whether it can be inverted: rows born on the new side need a legacy key before the primary may move there.
 *
 * @param <L> the legacy key
 * @param <N> the new key
 */
public interface KeyMapping<L, N> {

    /** The new key; the same for the same legacy key, always. */
    N toNew(L legacyKey);

    /** The legacy key, if it is known. */
    Optional<L> toLegacy(N newKey);

    /** Whether {@link #toLegacy} knows every new key, also of rows born on the new side. */
    boolean isInvertible();

    /**
     * Name-based UUIDs (RFC 4122, version 3) of {@code namespace:key}. They cannot be inverted.
     *
     * @param namespace tells the keys of one entity from those of another
     */
    static <L> KeyMapping<L, UUID> nameBased(String namespace) {
        return new KeyMapping<>() {
            @Override
            public UUID toNew(L legacyKey) {
                return UUID.nameUUIDFromBytes((namespace + ":" + legacyKey).getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public Optional<L> toLegacy(UUID newKey) {
                return Optional.empty();
            }

            @Override
            public boolean isInvertible() {
                return false;
            }
        };
    }
}
