package dev.crossfade.jdbc;

import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.jdbc.internal.bulk.BinaryRow;
import dev.crossfade.jdbc.internal.bulk.ColumnKind;
import dev.crossfade.jdbc.internal.bulk.LoadData;
import dev.crossfade.jdbc.internal.bulk.PostgreSqlCopy;
import dev.crossfade.jdbc.internal.bulk.TextRows;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.spi.FailureSummary;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inserts rows by COPY or LOAD DATA straight into the table, where none of them is there yet and the database takes all of
 * them as they are. That is so with nearly every page of a backfill. With any other nothing is written, and the caller
 * inserts them by statements, which sort out what is there and what is refused.
 */
final class BulkInsert {
    /** Fewer rows are not worth a savepoint. */
    static final int FEWEST_ROWS = 20;

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final String SAVEPOINT = "crossfade_bulk";

    /** So many batches at most pass by before another attempt. */
    private static final int LONGEST_PAUSE = 256;

    private final String entity;
    private final String table;
    private final List<String> columns;
    private final boolean postgresql;
    private final List<ColumnKind> kinds;

    /** How many batches pass by after the next attempt that fails. Guarded by {@code this}. */
    private int pause = 1;

    /** How many batches pass by before the next attempt. Guarded by {@code this}. */
    private int toPass;

    /** Guarded by {@code this}. */
    private boolean told;

    private BulkInsert(String entity, String table, List<String> columns, boolean postgresql, List<ColumnKind> kinds) {
        this.entity = entity;
        this.table = table;
        this.columns = columns;
        this.postgresql = postgresql;
        this.kinds = kinds;
    }

    /** For rows of these columns; {@code null} if the database or its driver has no such way. */
    static @Nullable BulkInsert into(
            Connection connection, String entity, String table, List<String> columns, List<ColumnKind> kinds)
            throws SQLException {
        Dialect dialect = Dialect.of(connection);
        boolean postgresql = dialect == Dialect.POSTGRESQL && PostgreSqlCopy.isPossibleOn(connection);
        return postgresql || dialect == Dialect.MARIADB
                ? new BulkInsert(entity, table, columns, postgresql, List.copyOf(kinds))
                : null;
    }

    /** Rows whose bytes can be passed on. */
    boolean insertBinary(Connection connection, List<BinaryRow> rows) throws SQLException {
        return attempt(connection, rows.size(), () -> {
            PostgreSqlCopy.write(connection, target(), rows);
            return true;
        });
    }

    /** Rows by their values, in the order of the columns. */
    boolean insert(Connection connection, Iterable<List<@Nullable Object>> rows, int rowCount) throws SQLException {
        return attempt(connection, rowCount, () -> {
            TextRows text = new TextRows(postgresql, rowCount);
            for (List<@Nullable Object> row : rows) {
                for (int i = 0; i < row.size(); i++) {
                    if (!text.add(row.get(i), kinds.get(i))) {
                        return false;
                    }
                    text.endValue(i == row.size() - 1);
                }
            }
            if (postgresql) {
                PostgreSqlCopy.write(connection, target(), text);
                return true;
            }
            return LoadData.insert(connection, table, columns, kinds, text, rowCount);
        });
    }

    private String target() {
        return table + " (" + String.join(", ", columns) + ")";
    }

    /** Tells whether everything was inserted. */
    private interface Load {
        boolean run() throws SQLException;
    }

    private boolean attempt(Connection connection, int rowCount, Load load) throws SQLException {
        if (rowCount < FEWEST_ROWS || !isTimeToTry()) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SAVEPOINT " + SAVEPOINT);
            boolean inserted = false;
            try {
                inserted = load.run();
            } catch (SQLException failure) {
                if (FailureKind.of(failure) != FailureKind.REFUSED) {
                    throw failure;
                }
                tell(failure);
            }
            if (!inserted) {
                statement.execute("ROLLBACK TO SAVEPOINT " + SAVEPOINT);
            }
            ended(inserted);
            return inserted;
        }
    }

    private synchronized boolean isTimeToTry() {
        if (toPass > 0) {
            toPass--;
            return false;
        }
        return true;
    }

    private synchronized void ended(boolean inserted) {
        if (inserted) {
            pause = 1;
        } else {
            toPass = pause;
            pause = Math.min(LONGEST_PAUSE, 2 * pause);
        }
    }

    /** Once; of rows that are there already nobody needs to know. */
    private void tell(SQLException failure) {
        synchronized (this) {
            if (told || FailureKind.isDuplicate(failure)) {
                return;
            }
            told = true;
        }
        log.info(
                "Backfill of {} - {} did not take a page in bulk ({}); its rows are inserted by statements, and later "
                        + "pages try again",
                entity,
                table,
                FailureSummary.of(failure));
    }
}
