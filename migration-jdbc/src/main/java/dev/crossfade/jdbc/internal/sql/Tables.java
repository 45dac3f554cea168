package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.Side;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The names of the tables, and which rows of them belong to one side of one migration. */
record Tables(String prefix, String migration, Side side) {
    Tables {
        Schema.checkPrefix(prefix);
        if (migration.isEmpty() || migration.length() > 64) {
            throw new IllegalArgumentException("A migration's name has 1 to 64 characters");
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
