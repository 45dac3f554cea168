package dev.crossfade.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A session that keeps the fence from being closed.
 *
 * @param session     the database's own number of it
 * @param age         how long its transaction has been open
 * @param description application and state as the database names them, without statements and values
 */
public record Holder(String session, Duration age, String description) {
    /** Such as {@code session 4711, open for 12.3 s (orders, idle in transaction)}. */
    @Override
    public String toString() {
        return "session %s, open for %.1f s (%s)".formatted(session, age.toMillis() / 1000.0, description);
    }

    /** What a query tells in its second column, by its first. */
    static Map<String, String> byName(Connection connection, String sql) throws SQLException {
        Map<String, String> told = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                told.put(rows.getString(1), rows.getString(2));
            }
        }
        return told;
    }
}
