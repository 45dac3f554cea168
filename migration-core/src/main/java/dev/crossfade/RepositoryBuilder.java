package dev.crossfade;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Describes one repository of a migration: the interface and its two implementations.
 *
 * @param <R> the repository interface
 */
public final class RepositoryBuilder<R> {
    private final Class<R> type;
    private @Nullable R legacy;
    private @Nullable R next;
    private @Nullable EntityBuilder<R, ?, ?> entity;

    RepositoryBuilder(Class<R> type) {
        this.type = type;
    }

    /** The implementation on the legacy store. */
    public RepositoryBuilder<R> from(R implementation) {
        this.legacy = implementation;
        return this;
    }

    /** The implementation on the new store. */
    public RepositoryBuilder<R> to(R implementation) {
        this.next = implementation;
        return this;
    }

    /**
     * The entity that the repository keeps, and its key. The key is a {@code Long}, {@code Integer}, {@code String},
     * {@code UUID} or a record of them, with {@code equals} by value; {@code null} means "not given yet".
     */
    public <E, K> EntityBuilder<R, E, K> key(Class<E> entityType, Function<? super E, ? extends @Nullable K> key) {
        EntityBuilder<R, E, K> described = new EntityBuilder<>(entityType, key);
        this.entity = described;
        return described;
    }

    Class<R> type() {
        return type;
    }

    @Nullable
    R legacy() {
        return legacy;
    }

    @Nullable
    R next() {
        return next;
    }

    @Nullable
    EntityBuilder<R, ?, ?> entity() {
        return entity;
    }
}
