package dev.crossfade.jdbc.types;

/**
 * A value, the types of its columns, and what has to become of it.
 *
 * @param from    the type of the legacy column
 * @param value   as an expression of the legacy database
 * @param to      the type of the new column
 * @param outcome what has to become of it
 * @param detail  of an equal value a condition on {@code v} that holds in the new database; else a part of the reason
 */
record TypeCase(String from, String value, String to, Outcome outcome, String detail) {
    enum Outcome {
        /** The new side holds the same, and the comparison says so. */
        EQUAL,
        /** The row does not cross, and says why. */
        REFUSED,
        /** The new database refuses the row. */
        REFUSED_BY_THE_DATABASE,
        /** The copy is not started at all. */
        MISTAKE
    }

    static TypeCase equal(String from, String value, String to, String condition) {
        return new TypeCase(from, value, to, Outcome.EQUAL, condition);
    }

    static TypeCase refused(String from, String value, String to, String reason) {
        return new TypeCase(from, value, to, Outcome.REFUSED, reason);
    }

    static TypeCase refusedByTheDatabase(String from, String value, String to) {
        return new TypeCase(from, value, to, Outcome.REFUSED_BY_THE_DATABASE, "");
    }

    static TypeCase mistake(String from, String value, String to) {
        return new TypeCase(from, value, to, Outcome.MISTAKE, "make it with a mapping");
    }

    @Override
    public String toString() {
        return from + " " + value + " -> " + to + " " + outcome;
    }
}
