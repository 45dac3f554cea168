package dev.crossfade.jdbc.internal.ids;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;

/** How a database generates the ids of a column. Identifiers have been checked by {@link IdColumn}. */
enum IdGenerator {
    POSTGRESQL {
        @Override
        OptionalLong next(Connection connection, IdColumn ids) throws SQLException {
            String sequence = sequence(connection, ids);
            return sequence == null
                    ? OptionalLong.empty()
                    : number(connection, "SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM " + sequence);
        }

        @Override
        void startAt(Connection connection, IdColumn ids, long next) throws SQLException {
            try (PreparedStatement set =
                    connection.prepareStatement("SELECT setval(pg_get_serial_sequence(?, ?), ?, false)")) {
                set.setString(1, ids.table());
                set.setString(2, ids.column());
                set.setLong(3, next);
                set.execute();
            }
        }

        /** As the catalog spells it, quoted where it has to be. */
        private String sequence(Connection connection, IdColumn ids) throws SQLException {
            try (PreparedStatement select = connection.prepareStatement("SELECT pg_get_serial_sequence(?, ?)")) {
                select.setString(1, ids.table());
                select.setString(2, ids.column());
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    return row.getString(1);
                }
            }
        }
    },

    MARIADB {
        @Override
        OptionalLong next(Connection connection, IdColumn ids) throws SQLException {
            String sql = """
                    SELECT t.auto_increment FROM information_schema.tables t
                      JOIN information_schema.columns c USING (table_schema, table_name)
                     WHERE t.table_schema = COALESCE(?, DATABASE()) AND t.table_name = ?
                       AND c.column_name = ? AND c.extra LIKE '%auto_increment%'
                    """;
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setString(1, ids.schema());
                select.setString(2, ids.tableAlone());
                select.setString(3, ids.column());
                return number(select);
            }
        }

        @Override
        void startAt(Connection connection, IdColumn ids, long next) throws SQLException {
            execute(connection, "ALTER TABLE " + ids.table() + " AUTO_INCREMENT = " + next);
        }
    },

    H2 {
        @Override
        OptionalLong next(Connection connection, IdColumn ids) throws SQLException {
            String sql = """
                    SELECT identity_base FROM information_schema.columns
                     WHERE LOWER(table_schema) = LOWER(COALESCE(?, CURRENT_SCHEMA)) AND LOWER(table_name) = LOWER(?)
                       AND LOWER(column_name) = LOWER(?) AND is_identity = 'YES'
                    """;
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setString(1, ids.schema());
                select.setString(2, ids.tableAlone());
                select.setString(3, ids.column());
                return number(select);
            }
        }

        @Override
        void startAt(Connection connection, IdColumn ids, long next) throws SQLException {
            execute(
                    connection,
                    "ALTER TABLE " + ids.table() + " ALTER COLUMN " + ids.column() + " RESTART WITH " + next);
        }
    };

    static IdGenerator of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> POSTGRESQL;
            case "H2" -> H2;
            default -> MARIADB;
        };
    }

    /** The id that would be generated next; empty if the column generates none. */
    abstract OptionalLong next(Connection connection, IdColumn ids) throws SQLException;

    /** Has the next id be this one. */
    abstract void startAt(Connection connection, IdColumn ids, long next) throws SQLException;

    /** The highest id in the table, 0 if it is empty. */
    static long highest(Connection connection, IdColumn ids) throws SQLException {
        return number(connection, "SELECT COALESCE(MAX(" + ids.column() + "), 0) FROM " + ids.table())
                .orElse(0);
    }

    private static OptionalLong number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            return number(select);
        }
    }

    private static OptionalLong number(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
