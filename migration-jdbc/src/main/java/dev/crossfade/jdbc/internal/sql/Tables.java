package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.Side;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.regex.Pattern;

/** The names of the tables, and which rows of them belong to one side of one migration. */
record Tables(String prefix, String migration, Side side) {
    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,20}");

    Tables {
        checkPrefix(prefix);
        if (migration.isEmpty() || migration.length() > 64) {
            throw new IllegalArgumentException("A migration's name has 1 to 64 characters");
        }
    }

    /** Table names are put into statements, so only plain identifiers pass. */
    static void checkPrefix(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("The table prefix '" + prefix
                    + "' is no plain identifier: use a letter, then up to 20 letters, digits or underscores, all in"
                    + " lower case");
        }
    }

    String fence() {
        return prefix + "fence";
    }

    String ledger() {
        return prefix + "ledger";
    }

    String failure() {
        return prefix + "failure";
    }

    String sideCode() {
        return side == Side.LEGACY ? "L" : "N";
    }

    /** The statement with the tables' names in place of {@code ${fence}}, {@code ${ledger}} and {@code ${failure}}. */
    String in(String sql) {
        return sql.replace("${fence}", fence()).replace("${ledger}", ledger()).replace("${failure}", failure());
    }

    /** Sets migration and side as the parameters from {@code index} on; returns the index of the next one. */
    int bind(PreparedStatement statement, int index) throws SQLException {
        statement.setString(index, migration);
        statement.setString(index + 1, sideCode());
        return index + 2;
    }
}
