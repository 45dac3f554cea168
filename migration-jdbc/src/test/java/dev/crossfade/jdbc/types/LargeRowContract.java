package dev.crossfade.jdbc.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Side;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that fill the memory if enough of them are read at once. */
abstract class LargeRowContract {
    private static final int MEBI = 1 << 20;

    /** More than MariaDB takes in one statement by default. */
    private static final int TOO_LARGE_FOR_MARIADB = 17 * MEBI;

    private TestDatabases databases;
    private Database legacy;
    private Database next;

    abstract Pair pair();

    @BeforeEach
    void open() throws SQLException {
        databases = pair().open();
        legacy = Database.of("legacy", databases.legacy().dataSource());
        next = Database.of("next", databases.next().dataSource());
        for (TestDatabase database : databases.both()) {
            String blob = database.server() == TestServer.POSTGRES ? "BYTEA" : "LONGBLOB";
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE scan (id BIGINT PRIMARY KEY, picture " + blob + ")");
            }
        }
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private void insert(long id, byte[] picture) throws SQLException {
        try (Connection connection = databases.legacy().connect();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO scan (id, picture) VALUES (?, ?)")) {
            insert.setLong(1, id);
            insert.setBytes(2, picture);
            insert.executeUpdate();
        }
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    private BackfillSource source() {
        return TableCopy.from(legacy, "SELECT * FROM scan")
                .to(next, "scan")
                .key("id", Long.class)
                .column("picture")
                .of("Scan");
    }

    @Test
    void pages_of_large_rows_are_short_and_all_rows_cross() throws Throwable {
        int rows = 14;
        for (int id = 1; id <= rows; id++) {
            insert(id, noise(5 * MEBI));
        }
        BackfillSource source = source();
        List<Integer> sizes = new ArrayList<>();
        @Nullable EntityKey after = null;
        List<Row> page = source.read(Side.LEGACY, KeyRange.ALL, 1_000);
        while (!page.isEmpty()) {
            List<Row> found = page;
            sizes.add(found.size());
            next.inTransaction(() -> source.insertMissing(found));
            EntityKey last = found.get(found.size() - 1).key();
            List<Row> held = new ArrayList<>();
            while (held.size() < found.size()) {
                EntityKey from =
                        held.isEmpty() ? after : held.get(held.size() - 1).key();
                held.addAll(source.read(Side.NEW, new KeyRange(from, last), 1_000));
            }
            for (int i = 0; i < found.size(); i++) {
                assertThat(source.isSame(found.get(i), held.get(i))).isTrue();
            }
            after = last;
            page = source.read(Side.LEGACY, new KeyRange(after, null), 1_000);
        }
        // 16 MiB, and what was asked for when they were not full.
        assertThat(sizes).allMatch(size -> size <= 7);
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(rows);
        assertThat(source.digest(Side.NEW, KeyRange.ALL, 100)).isEqualTo(source.digest(Side.LEGACY, KeyRange.ALL, 100));
    }

    /** Where MariaDB is set to take it. */
    @Test
    void a_row_of_64_mib_crosses_and_is_compared() throws Throwable {
        long before = allowMariaDb(256L * MEBI);
        try {
            byte[] picture = new byte[64 * MEBI];
            picture[picture.length - 1] = 1;
            insert(1, picture);
            BackfillSource source = source();
            List<Row> found = source.read(Side.LEGACY, KeyRange.ALL, 10);
            assertThat(found.get(0).refusal()).isNull();
            next.inTransaction(() -> source.insertMissing(found));
            Row held = source.read(Side.NEW, KeyRange.ALL, 10).get(0);
            assertThat(source.isSame(found.get(0), held)).isTrue();
            assertThat(source.digest(Side.NEW, KeyRange.ALL, 10))
                    .isEqualTo(source.digest(Side.LEGACY, KeyRange.ALL, 10));
        } finally {
            allowMariaDb(before);
        }
    }

    /** For sessions that are opened from now on; returns what it was. */
    private long allowMariaDb(long bytes) throws SQLException {
        long before = 0;
        for (TestDatabase database : databases.both()) {
            if (database.server() == TestServer.MARIADB) {
                try (Connection connection = database.connect();
                        Statement statement = connection.createStatement()) {
                    try (ResultSet row = statement.executeQuery("SELECT @@GLOBAL.max_allowed_packet")) {
                        row.next();
                        before = row.getLong(1);
                    }
                    statement.execute("SET GLOBAL max_allowed_packet = " + bytes);
                }
            }
        }
        return before;
    }

    @Test
    void a_row_that_is_too_large_for_the_new_database_is_refused_and_the_others_cross() throws Throwable {
        insert(1, noise(10));
        boolean fromMariaDb = databases.legacy().server() == TestServer.MARIADB;
        insert(2, new byte[fromMariaDb ? 7 * MEBI : TOO_LARGE_FOR_MARIADB]);
        BackfillSource source = source();
        List<Row> rows = source.read(Side.LEGACY, KeyRange.ALL, 10);
        next.inTransaction(() -> source.insertMissing(rows.subList(0, 1)));

        String refusal = rows.get(1).refusal();
        if (databases.next().server() == TestServer.MARIADB) {
            assertThat(refusal).isEqualTo("the row is larger than the new database takes");
        } else {
            assertThat(refusal).isNull();
            next.inTransaction(() -> source.insertMissing(rows.subList(1, 2)));
        }
    }
}
