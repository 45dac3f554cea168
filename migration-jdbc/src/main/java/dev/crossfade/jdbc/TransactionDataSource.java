package dev.crossfade.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** In a transaction of this thread its connection, otherwise the pool's. */
final class TransactionDataSource implements DataSource {
    private final String database;
    private final DataSource pool;
    private final TransactionPort transactions;

    TransactionDataSource(String database, DataSource pool, TransactionPort transactions) {
        this.database = database;
        this.pool = pool;
        this.transactions = transactions;
    }

    @Override
    public Connection getConnection() throws SQLException {
        OpenTransaction open = transactions.current();
        return open == null ? pool.getConnection() : TransactionConnection.of(database, open);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        if (transactions.current() != null) {
            throw new SQLException(
                    "Database '" + database + "': a connection of another user cannot take part in the transaction of "
                            + "this thread. Nothing was done. Use getConnection().",
                    "25001");
        }
        return pool.getConnection(user, password);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return pool.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter writer) throws SQLException {
        pool.setLogWriter(writer);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pool.getLoginTimeout();
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pool.setLoginTimeout(seconds);
    }

    @Override
    public Logger getParentLogger() throws java.sql.SQLFeatureNotSupportedException {
        return pool.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(pool) ? type.cast(pool) : pool.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(pool) || pool.isWrapperFor(type);
    }

    @Override
    public String toString() {
        return "DataSource of database '" + database + "'";
    }
}
