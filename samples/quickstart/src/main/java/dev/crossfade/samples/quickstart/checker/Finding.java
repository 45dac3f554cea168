package dev.crossfade.samples.quickstart.checker;

import java.util.List;

/**
 * Something wrong with one order. Carries names of fields, never their values.
 *
 * @param side   the database that is at fault, "legacy", "new" or "both"
 * @param fields the fields concerned, empty if the order as a whole is
 */
public record Finding(Kind kind, String side, long id, List<String> fields) {

    /** What is wrong. */
    public enum Kind {
        /** On one side only; the side named lacks it. */
        MISSING,
        /** On both sides, not equal. */
        DIFFERENT,
        /** The last acknowledged write of the order is not there. */
        LOST_WRITE,
        /** An order whose deletion was acknowledged is there. */
        ZOMBIE,
        /** An order that nobody wrote. */
        UNEXPECTED
    }

    public Finding {
        fields = List.copyOf(fields);
    }
}
