package dev.crossfade.jdbc.keys;

/** @param id the key that the service speaks of: a {@code Long} of the legacy store or a {@code UUID} of the new one */
record Item<K>(K id, String name) {}
