package dev.crossfade.samples.quickstart;

import dev.crossfade.control.Stage;
import dev.crossfade.samples.quickstart.checker.Checker;
import dev.crossfade.samples.quickstart.checker.Finding;
import dev.crossfade.samples.quickstart.checker.Verdict;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.service.Report;
import dev.crossfade.samples.quickstart.service.Report.Handover;
import dev.crossfade.samples.quickstart.status.StatusPrinter;
import dev.crossfade.samples.quickstart.traffic.OrderBook;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

/**
 * Runs the migration from its first stage to its last and ends with a verdict; the exit code is 0 only if nothing is
 * lost and nothing differs. With {@code --hold} the flags are left to whoever edits their file, until Enter is pressed.
 */
public final class Quickstart {
    /** Forward, back and forward again. */
    private static final int HANDOVERS = 3;

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
        boolean clean =
                Arrays.asList(arguments).contains("--hold") ? quickstart.hold(System.in, orphaned()) : quickstart.run();
        System.exit(clean ? 0 : 1);
    }

    /** Walks through all stages; returns whether nothing was lost and nothing differs. */
    boolean run() throws IOException, InterruptedException, SQLException {
        Path folder = Files.createTempDirectory("crossfade");
        try (Shop shop = new Shop(orders, folder, out)) {
            out.println(shop.first().ask("plan", "", String.class));
            LiveStatus live = new LiveStatus(shop);
            Verdict both;
            try (StatusPrinter printer = new StatusPrinter(live::look, out)) {
                printer.start();
                Walk walk = new Walk(shop, step, out);
                walk.toTheLastStageButOne();
                both = walk.compare("before the end");
                walk.finish();
            }
            shop.closeInOrder();
            return verdict(shop, both);
        } finally {
            delete(folder);
        }
    }

    private boolean verdict(Shop shop, Verdict both) throws SQLException, IOException, InterruptedException {
        OrderBook book = shop.book();
        Verdict end = Checker.checkNew(shop.newDatabase.dataSource(), book.expectations(), book::isDoubtful);
        List<Report> reports = shop.allReports();
        List<Handover> handovers = reports.stream()
                .flatMap(report -> report.handovers().stream())
                .sorted(Comparator.comparingLong(Handover::epoch))
                .toList();
        long readYourWritesBroken = sum(reports, TrafficCounts::readYourWritesBroken);
        long wrongAnswers = sum(reports, TrafficCounts::wrongAnswers);
        long worst = reports.stream().mapToLong(Report::peak).max().orElse(0);
        long injected = reports.stream().mapToLong(Report::injected).sum();

        out.println();
        out.println("Write pause of each handover");
        for (Handover handover : handovers) {
            line(
                    handover.from() + " to " + handover.to(),
                    String.format(Locale.ROOT, "%.1f ms", handover.pauseMicros() / 1_000.0));
        }
        out.println("Verdict of the checker, by plain JDBC");
        line("rows before the end, legacy / new", both.rowsOnLegacy() + " / " + both.rowsOnNew());
        line("differences between them", both.count(Finding.Kind.MISSING) + both.count(Finding.Kind.DIFFERENT));
        line("rows at the end, new", end.rowsOnNew());
        line("writes acknowledged", book.acknowledgedWrites());
        line("acknowledged writes missing", both.count(Finding.Kind.LOST_WRITE) + end.count(Finding.Kind.LOST_WRITE));
        line("deleted orders that came back", both.count(Finding.Kind.ZOMBIE) + end.count(Finding.Kind.ZOMBIE));
        line("orders that nobody wrote", both.count(Finding.Kind.UNEXPECTED) + end.count(Finding.Kind.UNEXPECTED));
        line("own writes not seen by their writer", readYourWritesBroken);
        line("wrong answers to writes", wrongAnswers);
        line("calls that failed for good", sum(reports, TrafficCounts::failures));
        line("most keys dirty at the worst moment", worst);
        line("failures injected", injected);
        both.findings().forEach(finding -> out.println("  " + finding));
        end.findings().forEach(finding -> out.println("  " + finding));
        reports.forEach(report -> report.traffic().firstComplaints().forEach(seen -> out.println("  " + seen)));
        boolean clean = both.isClean()
                && end.isClean()
                && readYourWritesBroken == 0
                && wrongAnswers == 0
                && handovers.size() == HANDOVERS
                && worst > 0
                && injected > 0;
        out.println(clean ? "Nothing is lost, nothing differs." : "NOT CLEAN: see above.");
        return clean;
    }

    private static long sum(List<Report> reports, ToLongFunction<TrafficCounts> count) {
        return reports.stream().map(Report::traffic).mapToLong(count).sum();
    }

    private void line(String name, Object value) {
        out.println("  %-38s %s".formatted(name, value));
    }

    /** Leaves the flags to a person; returns whether both sides are equal in the end. */
    private boolean hold(InputStream in, CompletableFuture<?> orphaned)
            throws IOException, InterruptedException, SQLException {
        Path folder = Files.createTempDirectory("crossfade");
        try (Shop shop = new Shop(orders, folder, out)) {
            LiveStatus live = new LiveStatus(shop);
            try (StatusPrinter printer = new StatusPrinter(live::look, out)) {
                printer.start();
                Walk walk = new Walk(shop, step, out);
                walk.beginDualWrite();
                walk.reconcile("of both databases, which a handover asks for");
                out.println("The flags are in " + shop.flags.path());
                out.println("""
                        Edit the file and watch the status. A higher revision makes the stage a wish:
                          {"crossfade.orders": {"stage": "NEW_PRIMARY", "revision": 1, "readNewPercent": 100, "shadowPercent": 0},
                           "crossfade.orders.reads-to-primary": false}
                        Press Enter to end.""");
                awaitEnd(in, orphaned);
                boolean dualWrite = shop.reports().stream()
                        .allMatch(report -> Stage.valueOf(report.stage()).isDualWrite());
                return !dualWrite || walk.compare("at the end").isClean();
            }
        } finally {
            delete(folder);
        }
    }

    /** Completes when the process ends that has started this one; to be asked before it can have ended. */
    private static CompletableFuture<ProcessHandle> orphaned() {
        return ProcessHandle.current().parent().map(ProcessHandle::onExit).orElseGet(CompletableFuture::new);
    }

    /** Returns when someone presses Enter; without anyone there, when this process is orphaned. */
    private static void awaitEnd(InputStream in, CompletableFuture<?> orphaned) {
        CompletableFuture<Void> enter = new CompletableFuture<>();
        Thread reader = new Thread(() -> awaitEnter(in, enter), "enter");
        reader.setDaemon(true);
        reader.start();
        CompletableFuture.anyOf(orphaned, enter).join();
    }

    private static void awaitEnter(InputStream in, CompletableFuture<Void> enter) {
        try {
            if (in.read() >= 0) {
                enter.complete(null);
            }
        } catch (IOException nobodyThere) {
            // As at the end of the input: no one will press Enter.
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
