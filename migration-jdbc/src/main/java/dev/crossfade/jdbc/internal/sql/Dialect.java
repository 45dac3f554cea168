package dev.crossfade.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What differs between the databases. Implementations have no state. */
public interface Dialect {
    /** PostgreSQL 13 or newer. */
    Dialect POSTGRESQL = new PostgreSql();

    /** MariaDB 10.6 or newer, and MySQL 8 as far as it is alike. */
    Dialect MARIADB = new MariaDb();

    /** H2 2.2 or newer, in its regular mode. */
    Dialect H2 = new H2();

    /**
     * The dialect of the connection's database.
     *
     * @throws IllegalArgumentException if the product is not one of those above
     */
    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> POSTGRESQL;
            case "MariaDB", "MySQL" -> MARIADB;
            case "H2" -> H2;
            default ->
                throw new IllegalArgumentException("The database is " + product
                        + "; ledger and fence run on PostgreSQL, MariaDB, MySQL and H2. Nothing was changed.");
        };
    }

    /** The schema file's name without its ending. */
    String schemaFile();

    /** Keeps other instances from creating the schema until {@link #endSchema}; bounded by the limit. */
    void beginSchema(Connection connection, String prefix, Duration limit) throws SQLException;

    /** Ends what {@link #beginSchema} began. */
    void endSchema(Connection connection, String prefix) throws SQLException;

    /** The present time as an expression. */
    String now();

    /** The present time plus a parameter of microseconds, as an expression. */
    String nowPlusMicros();

    /** Microseconds from a time until now, as an expression that gives a whole number. */
    String microsSince(String time);

    /** Whether a column of the pending index is set, as a condition that finds its rows by the index alone. */
    String isSet(String column);

    /** Reads a time. */
    Instant instant(ResultSet row, int column) throws SQLException;

    /** Inserts one row of these columns, all of them parameters, unless there is one with the same primary key. */
    String insertIfAbsent(String table, List<String> columns, List<String> primaryKey);

    /** Selects columns of the stripe with the parameters migration, side, stripe, and locks it against movers. */
    String lockShared(Tables tables, String columns);

    /** What has to be done before {@link #lockExclusive}. Waits at most the timeout. */
    void beforeLockExclusive(Connection connection, Tables tables, Duration timeout) throws SQLException;

    /** Selects columns of all stripes with the parameters migration and side in order, locking them exclusively. */
    String lockExclusive(Tables tables, String columns, Duration timeout);

    /** Whether {@link #beforeLockExclusive} or {@link #lockExclusive} failed because the time was over. */
    boolean isLockTimeout(SQLException failure);

    /** Who keeps the fence from being closed, as far as the database can tell. */
    List<Holder> holders(Connection connection, Tables tables) throws SQLException;

    /** Whether {@link #holders} names nobody else, so that a session may be ended for it. */
    boolean knowsHolders();

    /**
     * Ends a session if it still keeps the fence from being closed; false if it does not, may not be ended, or the database
     * does not tell.
     */
    boolean terminate(Connection connection, Tables tables, String session) throws SQLException;

    /** What the names of those {@link #openTransactions} begin with that no session has any more. */
    String DETACHED = "detached/";

    /**
     * The transactions that are open and may have changed this database, or yet change it: each in words for an operator,
     * by a name that no later transaction has. The caller's own is left out, and so are those that can only read. One that
     * is prepared for a commit in two phases may change its name once, to one that begins with {@link #DETACHED}.
     *
     * @return empty if the database shows an older list than that of the time of the call
     * @throws HiddenTransactions if the database does not show this user those of others
     */
    Optional<Map<String, String>> openTransactions(Connection connection) throws SQLException;

    /** How long to leave {@link #openTransactions} alone before it is asked again. */
    Duration pauseBetweenLists();

    /**
     * Selects a row where deletes may change rows of other tables: a foreign key with an action on delete, or a trigger on
     * delete. Of the whole database, because nobody says which tables a repository writes.
     */
    String deletesReachFurther();

    /** The statements that write the ledger. */
    LedgerSql ledger(Tables tables);
}
