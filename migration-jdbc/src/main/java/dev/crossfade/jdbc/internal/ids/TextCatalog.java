package dev.crossfade.jdbc.internal.ids;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** What the catalog says of a column: no row if it is not there, else why it takes several spellings for one, or null. */
enum TextCatalog {
    POSTGRESQL("""
            SELECT CASE WHEN b.typname NOT IN ('text', 'varchar', 'bytea')
                        THEN 'its type is ' || format_type(a.atttypid, a.atttypmod)
                        WHEN NOT c.collisdeterministic THEN 'its collation is ' || c.collname END
              FROM pg_attribute a
              JOIN pg_type t ON t.oid = a.atttypid
              JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
              LEFT JOIN pg_collation c ON c.oid = a.attcollation
             WHERE a.attrelid = to_regclass(concat_ws('.', CAST(? AS text), CAST(? AS text)))
               AND a.attname = lower(?) AND NOT a.attisdropped
            """),

    /** Every collation pads but those named so. */
    MARIADB("""
            SELECT CASE WHEN data_type IN ('varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob') THEN NULL
                        WHEN data_type NOT IN ('varchar', 'tinytext', 'text', 'mediumtext', 'longtext')
                        THEN CONCAT('its type is ', column_type)
                        WHEN collation_name NOT LIKE '%nopad_bin' AND collation_name <> 'utf8mb4_0900_bin'
                        THEN CONCAT('its collation is ', collation_name) END
              FROM information_schema.columns
             WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND column_name = ?
            """),

    H2("""
            SELECT CASE WHEN data_type NOT IN ('CHARACTER VARYING', 'BINARY VARYING') THEN 'its type is ' || data_type
                        WHEN collation_name <> 'OFF' THEN 'its collation is ' || collation_name END
              FROM information_schema.columns
             WHERE LOWER(table_schema) = LOWER(COALESCE(?, CURRENT_SCHEMA)) AND LOWER(table_name) = LOWER(?)
               AND LOWER(column_name) = LOWER(?)
            """);

    static final String MISSING = "there is no such column";

    private final String query;

    TextCatalog(String query) {
        this.query = query;
    }

    static TextCatalog of(Connection connection) throws SQLException {
        return switch (connection.getMetaData().getDatabaseProductName()) {
            case "PostgreSQL" -> POSTGRESQL;
            case "H2" -> H2;
            default -> MARIADB;
        };
    }

    /** What speaks against taking the column's text for keys as it is; empty if nothing. */
    Optional<String> against(Connection connection, IdColumn column) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setString(1, column.schema());
            select.setString(2, column.tableAlone());
            select.setString(3, column.column());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.of(MISSING);
            }
        }
    }
}
