package dev.crossfade.jdbc.internal.sql;

/** Text that people or an application's names bring along, for columns of a limited length. */
public final class Text {
    private Text() {}

    /** At most so many characters, without splitting one, and without NUL, which PostgreSQL does not take. */
    public static String cut(String text, int max) {
        String plain = text.replace('\0', ' ');
        if (plain.length() <= max) {
            return plain;
        }
        return plain.substring(0, Character.isHighSurrogate(plain.charAt(max - 1)) ? max - 1 : max);
    }
}
