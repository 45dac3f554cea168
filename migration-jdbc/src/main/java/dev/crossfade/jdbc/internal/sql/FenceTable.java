package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The fence of one side: {@value #STRIPES} rows of equal content. Whoever writes locks one of them shared and holds it
 * until it commits; whoever moves the primary locks all of them exclusively.
 *
 * <p>Locks live in the caller's transaction, and rolling back to a savepoint from before a lock releases it. Without a
 * transaction the locking methods refuse. Safe for use by many threads, each with its own connection.
 */
public final class FenceTable {
    /** How many rows a fence has; a caller's stripe is its number modulo this. */
    public static final int STRIPES = 16;

    private static final String COLUMNS = "role, stage, epoch, generation, revision, identity";

    private final Dialect dialect;
    private final Tables tables;
    private final String insert;
    private final String read;
    private final String lockShared;
    private final String write;
    private final String lockMoves;
    private final String otherMoves;

    /**
     * @param prefix    of the tables' names, {@code [a-z][a-z0-9_]{0,20}}
     * @param migration the migration's name, at most 64 characters
     * @param side      the side whose store the fence stands in
     */
    public FenceTable(Dialect dialect, String prefix, String migration, Side side) {
        this.dialect = dialect;
        this.tables = new Tables(prefix, migration, side);
        this.insert = dialect.insertIfAbsent(
                tables.fence(),
                List.of("migration", "side", "stripe", "role", "stage", "epoch", "generation", "revision", "identity"),
                List.of("migration", "side", "stripe"));
        this.read = tables.in("SELECT " + COLUMNS + " FROM ${fence} WHERE migration = ? AND side = ? AND stripe = 0");
        this.lockShared = dialect.lockShared(tables, COLUMNS);
        this.write = tables.in("UPDATE ${fence} SET role = ?, stage = ?, epoch = ?, generation = ?, revision = ?,"
                + " identity = ?, changed_at = " + dialect.now() + " WHERE migration = ? AND side = ?");
        this.lockMoves = "SELECT version FROM " + prefix + "schema_version WHERE id = 1 FOR UPDATE";
        this.otherMoves = tables.in("SELECT migration, role, " + dialect.microsSince("changed_at")
                + " FROM ${fence} WHERE migration <> ? AND stripe = 0 AND role IN ('DRAINING', 'PREPARED')");
    }

    /** What the fence says, without a lock; empty if there is none. */
    public Optional<FenceRow> read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            tables.bind(statement, 1);
            return first(statement);
        }
    }

    /** Creates the fence; leaves one alone that is there. */
    public void create(Connection connection, FenceRow row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (int stripe = 0; stripe < STRIPES; stripe++) {
                int next = tables.bind(statement, 1);
                statement.setInt(next, stripe);
                bind(statement, next + 1, row);
                try {
                    statement.executeUpdate();
                } catch (SQLException e) {
                    // Two sessions that create the same fence at once: either of them will do.
                    if (!SqlFailure.isDuplicate(e)) {
                        throw e;
                    }
                }
            }
        }
    }

    /**
     * What the fence says, which stays so until the transaction ends. Waits while someone moves the primary.
     *
     * @param stripe the caller's number modulo {@value #STRIPES}
     * @return empty if there is no fence
     */
    public Optional<FenceRow> lockShared(Connection connection, int stripe) throws SQLException {
        requireTransaction(connection);
        try (PreparedStatement statement = connection.prepareStatement(lockShared)) {
            statement.setInt(tables.bind(statement, 1), stripe);
            return first(statement);
        }
    }

    /**
     * Locks the fence against everyone else, waiting for those that hold it shared. Waits at most about the timeout, in
     * milliseconds; MySQL waits its own {@code innodb_lock_wait_timeout} instead. On PostgreSQL the timeout stays in
     * force for the rest of the transaction.
     *
     * @return what the fence says; empty if the lock was not granted in time, and then the transaction must be rolled back
     * @throws MigrationException if there is no fence
     */
    public Optional<FenceRow> lockExclusive(Connection connection, Duration timeout) throws SQLException {
        requireTransaction(connection);
        try {
            dialect.beforeLockExclusive(connection, tables, timeout);
            try (PreparedStatement statement =
                    connection.prepareStatement(dialect.lockExclusive(tables, COLUMNS, timeout))) {
                tables.bind(statement, 1);
                Optional<FenceRow> row = first(statement);
                if (row.isEmpty()) {
                    throw new MigrationException(
                            tables.migration(),
                            "the table '" + tables.fence() + "' has no row of side " + tables.side()
                                    + ". Nothing was changed. Start the migration, which creates it, and try again.");
                }
                return row;
            }
        } catch (SQLException e) {
            if (dialect.isLockTimeout(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Changes what the fence says; the caller holds {@link #lockExclusive}. */
    public void write(Connection connection, FenceRow row) throws SQLException {
        requireTransaction(connection);
        try (PreparedStatement statement = connection.prepareStatement(write)) {
            tables.bind(statement, bind(statement, 1, row));
            statement.executeUpdate();
        }
    }

    /**
     * Who keeps {@link #lockExclusive} waiting, oldest first, for messages. Exact on PostgreSQL; MariaDB and H2 name
     * every transaction of this database that has changed or locked rows. Empty where the database does not tell, for
     * want of a privilege perhaps. Call it on a connection of its own.
     */
    public List<Holder> holders(Connection connection) {
        try {
            return dialect.holders(connection, tables);
        } catch (SQLException e) {
            // It adds to a message about something else, which must not be lost for want of a privilege.
            return List.of();
        }
    }

    /** Ends a session of {@link #holders}, whose transaction then rolls back; false if it no longer holds the fence. */
    public boolean terminate(Connection connection, String session) throws SQLException {
        return dialect.terminate(connection, tables, session);
    }

    /**
     * Keeps other moves in this database from beginning until the transaction ends; they wait. Callers hold their fence
     * already.
     */
    public void lockMoves(Connection connection) throws SQLException {
        requireTransaction(connection);
        try (PreparedStatement statement = connection.prepareStatement(lockMoves);
                ResultSet row = statement.executeQuery()) {
            row.next();
        }
    }

    /**
     * Moves of other migrations that are under way in this database, in words for an operator.
     *
     * @param within a move that has not got on for longer was left by instances that died, and does not count
     */
    public List<String> otherMoves(Connection connection, Duration within) throws SQLException {
        List<String> moves = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(otherMoves)) {
            statement.setString(1, tables.migration());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Duration age = Duration.of(row.getLong(3), ChronoUnit.MICROS);
                    if (age.compareTo(within) < 0) {
                        moves.add("migration '%s' moves, its fence is %s for %.1f s"
                                .formatted(row.getString(1), row.getString(2), age.toMillis() / 1000.0));
                    }
                }
            }
        }
        return moves;
    }

    /** Without a transaction the lock would be gone before the caller knows of it. */
    static void requireTransaction(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "The connection commits every statement by itself; a lock needs a transaction. Nothing was done.");
        }
    }

    private static int bind(PreparedStatement statement, int index, FenceRow row) throws SQLException {
        statement.setString(index, row.role().name());
        statement.setString(index + 1, row.stage().name());
        statement.setLong(index + 2, row.epoch());
        statement.setLong(index + 3, row.generation());
        statement.setLong(index + 4, row.revision());
        statement.setString(index + 5, row.identity());
        return index + 6;
    }

    private static Optional<FenceRow> first(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            Optional<FenceRow> first = Optional.empty();
            // To the last row: a driver that fetches in portions locks rows only as it reads them.
            while (row.next()) {
                if (first.isEmpty()) {
                    first = Optional.of(new FenceRow(
                            Role.valueOf(row.getString(1)),
                            Stage.valueOf(row.getString(2)),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getString(6)));
                }
            }
            return first;
        }
    }
}
