package dev.crossfade.spi;

/** What last happened to a key; it decides what an absent row on the primary means. */
public enum Change {
    /** Created or changed: a row is expected on the primary. Its absence parks the key. */
    WRITTEN,
    /** Written by an operation that may delete: an absent row is deleted on the secondary too. */
    DELETED,
    /** Made dirty without a known write: an absent row counts against the cap on deletes by marks. */
    MARKED
}
