package dev.crossfade.jdbc.internal.ids;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column that holds ids or keys.
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
            throw new IllegalArgumentException("'" + table + "." + column
                    + "' names no column: write table and column as plain identifiers, a schema before a dot");
        }
    }

    /** A column written as {@code table.column} or {@code schema.table.column}. */
    public static IdColumn parse(String text) {
        int dot = text.lastIndexOf('.');
        return new IdColumn(text.substring(0, Math.max(0, dot)), text.substring(dot + 1));
    }

    /** The schema, or {@code null} where it is the connection's own. */
    @Nullable
    String schema() {
        int dot = table.indexOf('.');
        return dot < 0 ? null : table.substring(0, dot);
    }

    String tableAlone() {
        return table.substring(table.indexOf('.') + 1);
    }

    @Override
    public String toString() {
        return table + "." + column;
    }
}
