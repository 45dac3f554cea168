package dev.crossfade.samples.quickstart;

import dev.crossfade.samples.quickstart.flags.FlagFile;
import dev.crossfade.samples.quickstart.h2.DatabaseServer;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.legacy.LegacyOrders;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.LegacySeeder;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.service.Report;
import dev.crossfade.samples.quickstart.service.ServiceProcess;
import dev.crossfade.samples.quickstart.service.ServiceSettings;
import dev.crossfade.samples.quickstart.traffic.Journal;
import dev.crossfade.samples.quickstart.traffic.OrderBook;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/**
 * The two databases, which live in this process, and the two instances of the order service, which do not. This process
 * takes no part in the migration: it commands the instances and judges them.
 */
final class Shop implements AutoCloseable {
    static final String FLAG = "crossfade.orders";

    private static final List<String> NAMES = List.of("a", "b");

    final EmbeddedDatabase legacyDatabase;
    final EmbeddedDatabase newDatabase;
    final FlagFile flags;
    private final SeedData seed;
    private final DatabaseServer server;
    private final PrintStream out;

    /** Every process that was started, in that order. */
    private final List<ServiceProcess> started = new CopyOnWriteArrayList<>();

    /**
     * @param orderCount how many old orders there are
     * @param folder     for flags and journals
     */
    Shop(int orderCount, Path folder, PrintStream out) throws SQLException, IOException, InterruptedException {
        this.out = out;
        seed = SeedData.generate(orderCount, SeedData.DEFAULT_SEED);
        legacyDatabase = EmbeddedDatabase.create("legacy", LegacyOrders.class, "schema.sql");
        newDatabase = EmbeddedDatabase.create("new", NextOrders.class, "schema.sql");
        server = DatabaseServer.start();
        flags = new FlagFile(folder.resolve("flags.json"));
        flags.set(FLAG, Map.of("readNewPercent", 0));
        flags.set(FLAG + ".reads-to-primary", false);
        LegacySeeder.seed(legacyDatabase.dataSource(), seed);
        try {
            for (String name : NAMES) {
                start(new ServiceSettings(
                        name,
                        started.size(),
                        NAMES.size(),
                        0,
                        orderCount,
                        server.url(legacyDatabase),
                        server.url(newDatabase),
                        flags.path(),
                        folder));
            }
            for (ServiceProcess instance : started) {
                instance.awaitOpen();
            }
        } catch (IOException | InterruptedException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Starts an instance; it may not be open yet. */
    ServiceProcess start(ServiceSettings settings) throws IOException {
        ServiceProcess instance = ServiceProcess.start(settings, out);
        started.add(instance);
        return instance;
    }

    /** The instances that run now. */
    List<ServiceProcess> instances() {
        return started.stream().filter(ServiceProcess::isAlive).toList();
    }

    /** The instance that an operator talks to. */
    ServiceProcess first() {
        return instances().get(0);
    }

    /** Has every instance do something. */
    void tellAll(String command, Object argument) throws InterruptedException {
        for (ServiceProcess instance : instances()) {
            instance.tell(command, argument);
        }
    }

    /** What each instance that was ever started has said of itself, those last words included that a kill left. */
    List<Report> allReports() throws InterruptedException {
        List<Report> reports = new ArrayList<>();
        for (ServiceProcess instance : started) {
            instance.report().ifPresent(reports::add);
        }
        return reports;
    }

    /** What the instances that run now say of themselves. */
    List<Report> reports() throws InterruptedException {
        List<Report> reports = new ArrayList<>();
        for (ServiceProcess instance : instances()) {
            instance.report().ifPresent(reports::add);
        }
        return reports;
    }

    /** What all callers were told until now, as it stands on the disk. */
    OrderBook book() throws IOException {
        OrderBook book = new OrderBook(seed.orders());
        for (ServiceProcess instance : started) {
            Journal.read(instance.settings().journal(), book::replay);
        }
        return book;
    }

    /** How many keys are dirty, by the ledgers in the databases themselves. */
    long dirtyKeys() throws SQLException {
        return count("SELECT COUNT(*) FROM crossfade_ledger WHERE pending_since IS NOT NULL");
    }

    /** How many keys have been dirty ever since a time that {@link #databaseTime} gave. */
    long dirtySince(String time) throws SQLException {
        return count(
                "SELECT COUNT(*) FROM crossfade_ledger WHERE pending_since <= TIMESTAMP WITH TIME ZONE '" + time + "'");
    }

    /** The databases' clock. */
    String databaseTime() throws SQLException {
        try (Connection connection = legacyDatabase.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CAST(CURRENT_TIMESTAMP(6) AS VARCHAR)")) {
            row.next();
            return row.getString(1);
        }
    }

    private long count(String sql) throws SQLException {
        return count(legacyDatabase.dataSource(), sql) + count(newDatabase.dataSource(), sql);
    }

    private static long count(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Ends the instances in good order, their callers first. */
    void closeInOrder() throws InterruptedException {
        for (ServiceProcess instance : instances()) {
            instance.closeInOrder();
        }
    }

    @Override
    public void close() {
        started.forEach(ServiceProcess::close);
        server.close();
        newDatabase.close();
        legacyDatabase.close();
    }
}
