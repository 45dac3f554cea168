package dev.crossfade.spi;

import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One entity of a migration: the entity's name and the key as the repository's methods take it.
 *
 * <p>{@link #toString()} shows a digest in place of the key, so that keys stay out of logs and exceptions. The digest
 * is the same for the life of the JVM and tells nothing about the key; {@link #key()} is the key itself.
 *
 * @param entity the entity's name, unique in its migration
 * @param key    the key, with {@code equals} and {@code hashCode} by value and never changing
 */
public record EntityKey(String entity, Object key) {
    private static final int DIGEST_SALT = ThreadLocalRandom.current().nextInt();

    public EntityKey {
        Objects.requireNonNull(entity, "entity");
        Objects.requireNonNull(key, "key");
    }

    @Override
    public String toString() {
        int mixed = (key.hashCode() ^ DIGEST_SALT) * 0x9E3779B9;
        mixed = (mixed ^ (mixed >>> 15)) * 0x85EBCA6B ^ DIGEST_SALT;
        return "%s#%08x".formatted(entity, mixed);
    }
}
