package dev.crossfade.samples.quickstart;

import dev.crossfade.control.Stage;
import dev.crossfade.samples.quickstart.checker.Checker;
import dev.crossfade.samples.quickstart.checker.Finding;
import dev.crossfade.samples.quickstart.checker.Verdict;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.status.StatusPrinter;
import dev.crossfade.samples.quickstart.traffic.TrafficCounts;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Runs the migration from its first stage to its last and ends with a verdict; the exit code is 0 only if nothing is
 * lost and nothing differs. With {@code --hold} the flags are left to whoever edits their file, until Enter is pressed.
 */
public final class Quickstart {
    private final PrintStream out;
    private final int orders;
    private final Duration step;

    /**
     * @param orders how many old orders there are
     * @param step   how long the service stays at each setting
     */
    Quickstart(int orders, Duration step, PrintStream out) {
        this.orders = orders;
        this.step = step;
        this.out = out;
    }

    /** Runs the migration; the arguments may hold {@code --hold}. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Quickstart quickstart = new Quickstart(SeedData.DEFAULT_ORDERS, Duration.ofMillis(1_500), out);
        boolean clean = Arrays.asList(arguments).contains("--hold") ? quickstart.hold(System.in) : quickstart.run();
        System.exit(clean ? 0 : 1);
    }

    /** Walks through all stages; returns whether nothing was lost and nothing differs. */
    boolean run() throws IOException, InterruptedException, SQLException {
        Path folder = Files.createTempDirectory("crossfade");
        try (Shop shop = new Shop(orders, folder.resolve("flags.json"))) {
            out.println(shop.migration.plan());
            shop.open();
            LiveStatus live = new LiveStatus(shop.migration);
            try (StatusPrinter printer = new StatusPrinter(live::look, out)) {
                printer.start();
                Walk walk = new Walk(shop, step, out);
                walk.toTheLastStageButOne();
                Verdict both = walk.compare("before the end");
                int worst = shop.migration.status().ledger().peak();
                walk.finish();
                shop.traffic.close();
                return verdict(shop, both, worst);
            }
        } finally {
            delete(folder);
        }
    }

    private boolean verdict(Shop shop, Verdict both, int worst) throws SQLException {
        Verdict end = Checker.checkNew(shop.newDatabase.dataSource(), shop.book.expectations(), shop.book::isDoubtful);
        TrafficCounts counts = shop.traffic.counts();
        out.println();
        out.println("Verdict of the checker, by plain JDBC");
        line("rows before the end, legacy / new", both.rowsOnLegacy() + " / " + both.rowsOnNew());
        line("differences between them", both.count(Finding.Kind.MISSING) + both.count(Finding.Kind.DIFFERENT));
        line("rows at the end, new", end.rowsOnNew());
        line("writes acknowledged", shop.book.acknowledgedWrites());
        line("acknowledged writes missing", both.count(Finding.Kind.LOST_WRITE) + end.count(Finding.Kind.LOST_WRITE));
        line("deleted orders that came back", both.count(Finding.Kind.ZOMBIE) + end.count(Finding.Kind.ZOMBIE));
        line("orders that nobody wrote", both.count(Finding.Kind.UNEXPECTED) + end.count(Finding.Kind.UNEXPECTED));
        line("own writes not seen by their writer", counts.readYourWritesBroken());
        line("wrong answers to writes", counts.wrongAnswers());
        line("calls that failed for good", counts.failures());
        line("most keys dirty at the worst moment", worst);
        line("failures injected", shop.newSide.injected());
        both.findings().forEach(finding -> out.println("  " + finding));
        end.findings().forEach(finding -> out.println("  " + finding));
        counts.firstComplaints().forEach(complaint -> out.println("  " + complaint));
        boolean clean = both.isClean()
                && end.isClean()
                && counts.readYourWritesBroken() == 0
                && counts.wrongAnswers() == 0
                && worst > 0
                && shop.newSide.injected() > 0;
        out.println(clean ? "Nothing is lost, nothing differs." : "NOT CLEAN: see above.");
        return clean;
    }

    private void line(String name, Object value) {
        out.println("  %-38s %s".formatted(name, value));
    }

    /** Leaves the flags to a person; returns whether both sides are equal in the end. */
    private boolean hold(InputStream in) throws IOException, InterruptedException, SQLException {
        Path folder = Files.createTempDirectory("crossfade");
        try (Shop shop = new Shop(orders, folder.resolve("flags.json"))) {
            shop.open();
            out.println("The flags are in " + shop.flags.path());
            out.println("""
                    Edit the file and watch the status. A higher revision makes the stage a wish:
                      {"crossfade.orders": {"stage": "LEGACY_PRIMARY", "revision": 2, "readNewPercent": 0, "shadowPercent": 0},
                       "crossfade.orders.reads-to-primary": false}
                    The old orders are copied as soon as the stage is LEGACY_PRIMARY. Press Enter to end.""");
            LiveStatus live = new LiveStatus(shop.migration);
            try (StatusPrinter printer = new StatusPrinter(live::look, out)) {
                printer.start();
                Walk walk = new Walk(shop, step, out);
                Thread copier = new Thread(() -> copyWhenAsked(shop, walk), "copier");
                copier.setDaemon(true);
                copier.start();
                if (in.read() < 0) {
                    out.println("There is no one to press Enter; end the process when you have seen enough.");
                    Thread.currentThread().join();
                }
                boolean clean = shop.migration.status().stage().isDualWrite()
                        ? walk.compare("at the end").isClean()
                        : shop.migration.status().stage() == Stage.LEGACY_ONLY;
                shop.traffic.close();
                return clean;
            }
        } finally {
            delete(folder);
        }
    }

    private void copyWhenAsked(Shop shop, Walk walk) {
        try {
            while (shop.migration.status().stage() != Stage.LEGACY_PRIMARY) {
                Thread.sleep(200);
            }
            walk.copyOldOrders();
        } catch (InterruptedException | SQLException | RuntimeException failure) {
            walk.say("the copy ended early: " + failure.getMessage());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
