package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;

/**
 * A key that is due for a refresh.
 *
 * @param key      the key
 * @param version  its effective version when it was listed
 * @param change   what last happened to it
 * @param attempts refreshes of it that failed since it was last clean, 0 for most keys
 */
public record PendingRow(EntityKey key, Version version, Change change, int attempts) {}
