package dev.crossfade.jdbc.checker;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One side of a migration.
 *
 * @param query reads every row, with the columns {@code item_key}, {@code op_order}, {@code writer} and whatever else is to
 *     be equal; two stores of different shape are compared by queries that give the same columns
 */
public record Store(DataSource dataSource, String query) {
    Map<String, Row> read() throws SQLException {
        Map<String, Row> rows = new TreeMap<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                Row row = row(result);
                if (rows.put(row.key(), row) != null) {
                    throw new IllegalStateException("Key " + row.key() + " has two rows in one store");
                }
            }
        }
        return rows;
    }

    private static Row row(ResultSet result) throws SQLException {
        ResultSetMetaData metaData = result.getMetaData();
        Map<String, String> columns = new TreeMap<>();
        for (int column = 1; column <= metaData.getColumnCount(); column++) {
            columns.put(metaData.getColumnLabel(column).toLowerCase(Locale.ROOT), canonical(result.getObject(column)));
        }
        return new Row(columns);
    }

    private static String canonical(@Nullable Object value) {
        if (value == null) {
            return "<null>";
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Timestamp timestamp) {
            return timestamp.toInstant().toString();
        }
        if (value instanceof Number number) {
            return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
        }
        return value.toString();
    }
}
