package dev.crossfade.jdbc.checker;

/** One thing that is wrong, and the key it is wrong with. */
public record Finding(Kind kind, String key) {
    /** What can be wrong. */
    public enum Kind {
        /** The primary has a row that the secondary lacks. */
        MISSING,
        /** The secondary has a row that the primary lacks. */
        EXTRA,
        /** Both have the row, and some column differs. */
        DIFFERENT,
        /** An acknowledged write is not in the primary, nor is a later one, nor was the row deleted later. */
        LOST,
        /** A row is older than an acknowledged delete of its key. */
        RESURRECTED,
        /** The primary has a row that no operation on its key can have left. */
        UNEXPLAINED
    }
}
