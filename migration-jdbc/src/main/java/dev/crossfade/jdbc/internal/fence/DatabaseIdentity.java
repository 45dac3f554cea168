package dev.crossfade.jdbc.internal.fence;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * What tells a database from its clones. A restored dump and a second server differ; a physical replica of PostgreSQL does
 * not, so that a failover to it goes unremarked here.
 */
final class DatabaseIdentity {
    private DatabaseIdentity() {}

    /** At most 64 characters, the same for the life of the database. */
    static String of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        String identity = switch (product) {
            case "PostgreSQL" ->
                first(
                        connection,
                        List.of("SELECT system_identifier || '/' || current_database() FROM pg_control_system()"));
            case "H2" -> first(connection, List.of("SELECT COALESCE(DATABASE_PATH(), 'memory/' || DATABASE())"));
            default ->
                first(
                        connection,
                        List.of(
                                "SELECT CONCAT(@@server_uid, '/', DATABASE())",
                                "SELECT CONCAT(@@server_uuid, '/', DATABASE())",
                                "SELECT CONCAT(@@hostname, ':', @@port, '/', DATABASE())"));
        };
        return identity.length() <= 64
                ? identity
                : UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8))
                        .toString();
    }

    /** The first of these queries that this version of the database understands. */
    private static String first(Connection connection, List<String> queries) throws SQLException {
        SQLException last = new SQLException("no query");
        for (String query : queries) {
            try (PreparedStatement select = connection.prepareStatement(query);
                    ResultSet row = select.executeQuery()) {
                row.next();
                return row.getString(1);
            } catch (SQLException unknown) {
                last = unknown;
            }
        }
        throw last;
    }
}
