package dev.crossfade.backfill;

import org.jspecify.annotations.Nullable;

/**
 * A repository's method that reads a page of its rows by key, such as {@code SELECT .. WHERE id > ? AND id <= ? ORDER BY
 * id LIMIT ?}. Called on either implementation, from the backfill's threads.
 *
 * <p>Both implementations should use the same order, one that no locale decides: binary for text, such as
 * {@code COLLATE "C"}. Where they do not, no row is missed, but many keys are refreshed for nothing.
 *
 * @param <R> the repository interface
 * @param <E> the entity
 * @param <K> its key
 */
@FunctionalInterface
public interface PageByKey<R, E, K> {

    /**
     * The first rows of a range of keys, in the order of their keys.
     *
     * @param repository the implementation to ask
     * @param after      the range begins right after this key; {@code null}: with the first key there is
     * @param upTo       the range's last key; {@code null}: whatever key is last
     * @param max        the most rows to return, at least 1. None means that the range has no row, so a page is best read
     *                   by one statement; fewer than there are means nothing
     */
    Iterable<E> page(R repository, @Nullable K after, @Nullable K upTo, int max);
}
