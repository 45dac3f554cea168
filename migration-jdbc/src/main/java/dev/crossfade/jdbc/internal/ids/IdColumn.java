package dev.crossfade.jdbc.internal.ids;

import java.util.regex.Pattern;

/**
 * A column whose ids the database generates, of the same name in both.
 *
 * @param table  the table, with its schema where it is not the connection's own
 * @param column the column
 */
public record IdColumn(String table, String column) {
    private static final Pattern TABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");
    private static final Pattern COLUMN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    public IdColumn {
        if (!TABLE.matcher(table).matches() || !COLUMN.matcher(column).matches()) {
            throw new IllegalArgumentException("Ids of '" + table + "." + column
                    + "' cannot be aligned: write table and column as plain identifiers, a schema before a dot");
        }
    }

    @Override
    public String toString() {
        return table + "." + column;
    }
}
