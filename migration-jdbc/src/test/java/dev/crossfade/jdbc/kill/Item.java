package dev.crossfade.jdbc.kill;

/** A row as the checker wants it. */
record Item(String id, long order, String writer, String payload) {}
