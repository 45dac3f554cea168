package dev.crossfade.jdbc;

/** A value that a column of the other database cannot hold as it is. The message says why, without the value. */
final class UnfitValue extends Exception {
    private static final long serialVersionUID = 1L;

    UnfitValue(String why) {
        super(why, null, false, false);
    }

    /** Why, such as {@code is no date}. */
    String why() {
        return String.valueOf(getMessage());
    }
}
