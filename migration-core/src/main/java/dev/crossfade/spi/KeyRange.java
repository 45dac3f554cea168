package dev.crossfade.spi;

import org.jspecify.annotations.Nullable;

/**
 * Keys of one entity that follow each other in the order of the side that is asked.
 *
 * @param after the range begins right after this key; {@code null}: with the first key there can be
 * @param upTo  the range's last key; {@code null}: the last key there can be
 */
public record KeyRange(@Nullable EntityKey after, @Nullable EntityKey upTo) {
    /** All keys there can be. */
    public static final KeyRange ALL = new KeyRange(null, null);
}
