package dev.crossfade.samples.benchmarks.backfill;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** What one would write for one's own two tables. None of it verifies anything, nor heeds what is written meanwhile. */
final class ByHand {
    private static final int CHUNK = 10_000;
    private static final int BATCH = 1_000;
    private static final String ALL = String.join(", ", Stores.COLUMNS);
    private static final String PLACES = String.join(", ", Collections.nCopies(Stores.COLUMNS.size(), "?"));

    private final Stores stores;

    ByHand(Stores stores) {
        this.stores = stores;
    }

    /** Everything in one stream, into an empty table. */
    void pipe(String format) throws Exception {
        try (HikariDataSource legacy = stores.legacy();
                HikariDataSource next = stores.next();
                Connection from = legacy.getConnection();
                Connection to = next.getConnection()) {
            String options = " (FORMAT " + format + ")";
            CopyOut out = from.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY parcel TO STDOUT WITH" + options);
            CopyIn in = to.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY parcel FROM STDIN WITH" + options);
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                in.writeToCopy(row, 0, row.length);
            }
            in.endCopy();
        }
    }

    /** Everything in one stream, into an empty table. */
    void pipeToMariaDb() throws Exception {
        try (HikariDataSource legacy = stores.legacy();
                HikariDataSource next = stores.next("?allowLocalInfile=true");
                Connection from = legacy.getConnection();
                Connection to = next.getConnection();
                Statement load = to.createStatement()) {
            CopyOut out = from.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT " + ALL.replace("paid", "paid::int") + " FROM parcel) TO STDOUT");
            load.unwrap(org.mariadb.jdbc.Statement.class).setLocalInfileInputStream(new CopiedRows(out));
            load.execute("LOAD DATA LOCAL INFILE 'rows' INTO TABLE parcel CHARACTER SET utf8mb4 (" + ALL + ")");
        }
    }

    /** Rows as they come out of COPY. */
    private static final class CopiedRows extends InputStream {
        private final CopyOut out;
        private byte[] row = new byte[0];
        private int next;

        CopiedRows(CopyOut out) {
            this.out = out;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (next == row.length && !advance()) {
                    break;
                }
                int some = Math.min(length - done, row.length - next);
                System.arraycopy(row, next, target, offset + done, some);
                next += some;
                done += some;
            }
            return done == 0 ? -1 : done;
        }

        private boolean advance() throws IOException {
            try {
                byte[] following = out.isActive() ? out.readFromCopy() : null;
                if (following == null) {
                    return false;
                }
                row = following;
                next = 0;
                return true;
            } catch (SQLException failure) {
                throw new IOException(failure);
            }
        }
    }

    /** Work on some of the ids: those beyond the first and up to the last one. */
    private interface Range {
        void copy(long after, long upTo) throws Exception;
    }

    private void inRanges(int count, Range range) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long after = (long) stores.rows() * i / count;
                long upTo = (long) stores.rows() * (i + 1) / count;
                work.add(() -> {
                    range.copy(after, upTo);
                    return true;
                });
            }
            for (Future<Boolean> done : threads.invokeAll(work)) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    /** Chunks into a temporary table, and from there what is missing: can be repeated. */
    void staged(int ranges) throws Exception {
        try (HikariDataSource legacy = stores.legacy();
                HikariDataSource next = stores.next()) {
            inRanges(ranges, (after, upTo) -> {
                try (Connection from = legacy.getConnection();
                        Connection to = next.getConnection();
                        Statement statement = to.createStatement()) {
                    statement.execute("CREATE TEMPORARY TABLE IF NOT EXISTS stage (LIKE parcel) ON COMMIT DELETE ROWS");
                    to.setAutoCommit(false);
                    for (long first = after; first < upTo; first += CHUNK) {
                        stage(from, to, first, Math.min(upTo, first + CHUNK));
                        statement.execute("INSERT INTO parcel SELECT * FROM stage ON CONFLICT (id) DO NOTHING");
                        to.commit();
                    }
                }
            });
        }
    }

    private static void stage(Connection from, Connection to, long after, long upTo) throws SQLException {
        CopyOut out = from.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (SELECT * FROM parcel WHERE id > " + after + " AND id <= " + upTo
                        + ") TO STDOUT (FORMAT binary)");
        CopyIn in = to.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY stage FROM STDIN (FORMAT binary)");
        for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
            in.writeToCopy(row, 0, row.length);
        }
        in.endCopy();
    }

    /** Pages by key, written in batches that leave alone what is there. */
    void batches(int ranges) throws Exception {
        String ignoring = stores.toMariaDb()
                ? "INSERT IGNORE INTO parcel (" + ALL + ") VALUES (" + PLACES + ")"
                : "INSERT INTO parcel (" + ALL + ") VALUES (" + PLACES + ") ON CONFLICT (id) DO NOTHING";
        try (HikariDataSource legacy = stores.legacy();
                HikariDataSource next =
                        stores.next(stores.toMariaDb() ? "?useBulkStmts=true" : "?reWriteBatchedInserts=true")) {
            inRanges(ranges, (after, upTo) -> {
                try (Connection from = legacy.getConnection();
                        Connection to = next.getConnection();
                        PreparedStatement select = from.prepareStatement(
                                "SELECT " + ALL + " FROM parcel WHERE id > ? AND id <= ? ORDER BY id LIMIT " + BATCH);
                        PreparedStatement insert = to.prepareStatement(ignoring)) {
                    to.setAutoCommit(false);
                    long last = after;
                    boolean more = true;
                    while (more) {
                        select.setLong(1, last);
                        select.setLong(2, upTo);
                        more = false;
                        try (ResultSet row = select.executeQuery()) {
                            while (row.next()) {
                                more = true;
                                last = row.getLong(1);
                                for (int i = 1; i <= Stores.COLUMNS.size(); i++) {
                                    insert.setObject(i, row.getObject(i));
                                }
                                insert.addBatch();
                            }
                        }
                        insert.executeBatch();
                        to.commit();
                    }
                }
            });
        }
    }
}
