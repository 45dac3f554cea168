package dev.crossfade.jdbc.internal.sql;

/** What a side is at present. */
public enum Role {
    /** Its commit makes a write true. */
    PRIMARY,
    /** Was primary and is about to hand over: writes wait, refreshes and marks go on. */
    DRAINING,
    /** Follows the other side: only refreshes write it. */
    SECONDARY,
    /** Is about to become primary; nobody writes it. */
    PREPARED
}
