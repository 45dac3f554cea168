package dev.crossfade.jdbc.internal.bulk;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** LOAD DATA LOCAL of MariaDB and MySQL, from the memory of this process. */
public final class LoadData {
    private LoadData() {}

    /**
     * Inserts rows. The server takes LOCAL for IGNORE: rows that it refuses are left out and values that do not fit are cut,
     * and only warnings tell.
     *
     * @return whether every row was inserted as it is; if not, anything may have been, and the caller has to roll back
     * @throws SQLException also where client or server do not allow it
     */
    public static boolean insert(
            Connection connection,
            String table,
            List<String> columns,
            List<ColumnKind> kinds,
            TextRows rows,
            int rowCount)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            supply(statement, new ByteArrayInputStream(rows.data(), 0, rows.length()));
            if (statement.executeUpdate(sql(table, columns, kinds)) != rowCount) {
                return false;
            }
            try (ResultSet warnings = statement.executeQuery("SELECT @@warning_count")) {
                return warnings.next() && warnings.getLong(1) == 0;
            }
        }
    }

    /** In numbers, for the modes of a session decide what a backslash in a literal means. */
    private static String sql(String table, List<String> columns, List<ColumnKind> kinds) {
        List<String> targets = new ArrayList<>();
        List<String> settings = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            boolean hex = kinds.get(i) == ColumnKind.BINARY;
            targets.add(hex ? "@crossfade" + i : columns.get(i));
            if (hex) {
                settings.add(columns.get(i) + " = UNHEX(@crossfade" + i + ")");
            }
        }
        return OneStatement.KEEPING_ZERO.of("LOAD DATA LOCAL INFILE 'rows' INTO TABLE " + table
                + " CHARACTER SET utf8mb4 FIELDS TERMINATED BY 0x09 ESCAPED BY 0x5C LINES TERMINATED BY 0x0A ("
                + String.join(", ", targets) + ")"
                + (settings.isEmpty() ? "" : " SET " + String.join(", ", settings)));
    }

    /** The drivers of MariaDB and MySQL have the same method for it, which no interface of JDBC knows. */
    private static void supply(Statement statement, InputStream rows) throws SQLException {
        try {
            Statement driver = statement.unwrap(Statement.class);
            Method supply = driver.getClass().getMethod("setLocalInfileInputStream", InputStream.class);
            supply.invoke(driver, rows);
        } catch (NoSuchMethodException | IllegalAccessException anotherDriver) {
            throw new SQLFeatureNotSupportedException(
                    "the driver gives no access to LOAD DATA LOCAL", "0A000", anotherDriver);
        } catch (InvocationTargetException refused) {
            throw refused.getCause() instanceof SQLException cause ? cause : new SQLException(refused);
        }
    }
}
