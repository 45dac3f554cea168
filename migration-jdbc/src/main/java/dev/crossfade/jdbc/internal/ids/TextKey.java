package dev.crossfade.jdbc.internal.ids;

/** The columns that hold the text keys of an entity, or a part of them. */
public record TextKey(String entity, IdColumn legacy, IdColumn next) {}
