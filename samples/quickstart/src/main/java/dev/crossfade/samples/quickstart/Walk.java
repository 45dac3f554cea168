package dev.crossfade.samples.quickstart;

import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.Stage;
import dev.crossfade.run.RunState;
import dev.crossfade.samples.quickstart.checker.Checker;
import dev.crossfade.samples.quickstart.checker.Verdict;
import dev.crossfade.samples.quickstart.service.Report;
import dev.crossfade.samples.quickstart.service.ServiceProcess;
import dev.crossfade.samples.quickstart.status.ProgressBar;
import dev.crossfade.samples.quickstart.traffic.Journal;
import dev.crossfade.samples.quickstart.traffic.OrderBook;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** The whole migration, step by step, as an operator would go: dials and a wish by flag, the way back by API. */
final class Walk {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_WITH_A_WISH = Duration.ofSeconds(15);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final int ATTEMPTS = 8;

    private final Shop shop;
    private final PrintStream out;
    private final Duration step;
    private final Map<String, Object> flag = new LinkedHashMap<>();
    private long revision;

    /** @param step how long the service stays at each setting */
    Walk(Shop shop, Duration step, PrintStream out) {
        this.shop = shop;
        this.step = step;
        this.out = out;
        flag.put("readNewPercent", 0);
    }

    /** Goes to the last stage but one, with every fault healed. */
    void toTheLastStageButOne() throws InterruptedException, SQLException, IOException {
        say("legacy alone, as before the migration");
        pass(1);
        beginDualWrite();
        say("shadow reads, while statements of the new side time out now and then");
        shop.tellAll("new-side-times-out-every", 150);
        dial("shadowPercent", 25);
        pass(2);
        shop.tellAll("new-side-times-out-every", 0);
        refuseAndMend();
        for (double percent : new double[] {1, 5, 25}) {
            raiseReads(percent);
        }
        killAnInstanceWhileTheNewSideIsDead();
        for (double percent : new double[] {50, 100}) {
            raiseReads(percent);
        }
        reconcile("before the first handover");
        compare("before the first handover");
        say("handover to the new side, by flag");
        wishFor(Stage.NEW_PRIMARY);
        pass(3);
        reconcile("while the new side is primary");
        say("and back to legacy, by an operator");
        move(Stage.LEGACY_PRIMARY);
        pass(2);
        compare("after the way back");
        say("forward again");
        move(Stage.NEW_PRIMARY);
        pass(2);
    }

    /** The first step of every migration. */
    void beginDualWrite() throws InterruptedException {
        say("dual write begins, by an operator who knows that nothing else writes the tables");
        move(Stage.LEGACY_PRIMARY);
        pass(1);
        say("backfill of the old orders by all instances, during writes and deletes");
        shop.tellAll("join-backfill", "");
        say(awaitBackfill().rows() + " orders have crossed and were compared");
    }

    private BackfillStatus awaitBackfill() throws InterruptedException {
        ProgressBar bar = new ProgressBar(out, ProgressBar.isTerminal());
        BackfillStatus status = shop.first().ask("backfill", "", BackfillStatus.class);
        while (!status.state().isEnd()) {
            bar.show(status);
            sleep(BETWEEN_LOOKS);
            status = shop.first().ask("backfill", "", BackfillStatus.class);
        }
        bar.show(status);
        require(status.state() == RunState.COMPLETED, "the backfill is not complete: " + status);
        return status;
    }

    /** Every order of both databases is compared by the library, while the service writes. */
    void reconcile(String when) throws InterruptedException {
        say("full reconciliation " + when);
        shop.first().ask("reconcile", "", String.class).lines().forEach(out::println);
    }

    /** Ends the migration. */
    void finish() throws InterruptedException {
        reconcile("before the end");
        say("the end: the new side alone");
        move(Stage.NEW_ONLY);
        pass(2);
    }

    private void refuseAndMend() throws InterruptedException {
        say("a note that the new side refuses");
        ServiceProcess writer = shop.first();
        writer.tell("refused-notes", "");
        await("the key is parked", () -> shop.reports().stream().anyMatch(report -> report.parked() == 1));
        say("a later change makes it acceptable");
        writer.tell("mended-notes", "");
        awaitOfAll("the key has healed", report -> report.parked() == 0);
    }

    private void raiseReads(double percent) throws InterruptedException {
        say("reads: " + percent + " % from the new side");
        dial("readNewPercent", percent);
        pass(1);
    }

    private void killAnInstanceWhileTheNewSideIsDead() throws InterruptedException, SQLException, IOException {
        say("the new side is dead; the service must not notice");
        ServiceProcess victim = shop.instances().get(1);
        ServiceProcess survivor = shop.first();
        long toldBefore = told(victim);
        shop.tellAll("new-side-dead", true);
        pass(2);
        victim.kill();
        String time = shop.databaseTime();
        say("instance " + victim.name() + " is killed in the middle of its work: " + shop.dirtyKeys()
                + " keys are dirty, and it alone had acknowledged " + (told(victim) - toldBefore)
                + " writes since the new side died");
        long survivorBefore = told(survivor);
        pass(1);
        say("instance " + survivor.name() + " goes on: " + (told(survivor) - survivorBefore)
                + " writes acknowledged since");
        say("the new side is back");
        long began = System.nanoTime();
        survivor.tell("new-side-dead", false);
        await("the keys of the dead instance are refreshed", () -> shop.dirtySince(time) == 0);
        say("instance " + survivor.name() + " has refreshed all keys that were dirty then, those of " + victim.name()
                + " too, within " + millisSince(began) + " ms");
        ServiceProcess again = shop.start(victim.settings().again());
        again.awaitOpen();
        say("instance " + again.name() + " is started again and finds the stage in the databases: "
                + again.report().map(Report::stage).orElse("?"));
        pass(1);
    }

    /** How many writes the callers of an instance were told to be done, by its journal. */
    private static long told(ServiceProcess instance) throws IOException {
        AtomicLong writes = new AtomicLong();
        Journal.read(instance.settings().journal(), entry -> {
            if (entry.acknowledges()) {
                writes.incrementAndGet();
            }
        });
        return writes.get();
    }

    private void dial(String name, double percent) throws InterruptedException {
        flag.put(name, percent);
        shop.flags.set(Shop.FLAG, flag);
        awaitOfAll(
                name + " is in force",
                report -> (name.equals("shadowPercent") ? report.shadowPercent() : report.readNewPercent()) == percent);
    }

    /** A wish is tried once; who asks again raises the revision. */
    private void wishFor(Stage stage) throws InterruptedException {
        longestWrite();
        flag.put("stage", stage.name());
        for (int attempt = 1; ; attempt++) {
            flag.put("revision", ++revision);
            shop.flags.set(Shop.FLAG, flag);
            try {
                awaitOfAll(
                        "the stage is " + stage,
                        report -> report.stage().equals(stage.name()) && !report.moving(),
                        PATIENCE_WITH_A_WISH);
                break;
            } catch (IllegalStateException refused) {
                require(attempt < ATTEMPTS, "the wish for " + stage + " did not come true");
                say("the wish has not come true yet; once more");
            }
        }
        tellOfWrites();
    }

    private void move(Stage stage) throws InterruptedException {
        longestWrite();
        for (int attempt = 1; ; attempt++) {
            String obstacle = shop.first().ask("move", stage, String.class);
            if (obstacle.isEmpty()) {
                break;
            }
            require(attempt < ATTEMPTS, "the move to " + stage + " did not succeed: " + obstacle);
            say("not yet: " + obstacle);
        }
        awaitOfAll("every instance knows", report -> report.stage().equals(stage.name()) && !report.moving());
        tellOfWrites();
    }

    private void tellOfWrites() throws InterruptedException {
        say("the longest that a caller waited for a write meanwhile: " + longestWrite() + " ms");
    }

    private long longestWrite() throws InterruptedException {
        long longest = 0;
        for (ServiceProcess instance : shop.instances()) {
            longest = Math.max(longest, instance.ask("longest-write", "", Long.class));
        }
        return longest;
    }

    /** Stops the traffic for a moment and has the checker compare both sides. */
    Verdict compare(String when) throws InterruptedException, SQLException, IOException {
        shop.tellAll("pause", "");
        try {
            await("nothing is dirty", () -> shop.dirtyKeys() == 0);
            OrderBook book = shop.book();
            Verdict verdict = Checker.checkBoth(
                    shop.legacyDatabase.dataSource(),
                    shop.newDatabase.dataSource(),
                    book.expectations(),
                    book::isDoubtful);
            for (Report report : shop.reports()) {
                report.differences().forEach(seen -> say("differed: " + seen));
            }
            say("checked " + when + ": " + verdict.rowsOnLegacy() + " and " + verdict.rowsOnNew() + " rows, "
                    + (verdict.isClean() ? "no difference" : "NOT CLEAN " + verdict.counts()));
            verdict.findings().forEach(finding -> say("  " + finding));
            require(verdict.isClean(), "the two sides differ, which no waiting mends");
            return verdict;
        } finally {
            shop.tellAll("resume", "");
        }
    }

    private void awaitOfAll(String what, Predicate<Report> condition) throws InterruptedException {
        awaitOfAll(what, condition, PATIENCE);
    }

    private void awaitOfAll(String what, Predicate<Report> condition, Duration patience) throws InterruptedException {
        await(what, () -> shop.reports().stream().allMatch(condition), patience);
    }

    private void await(String what, Condition condition) throws InterruptedException {
        await(what, condition, PATIENCE);
    }

    /** Something that is asked of the instances or the databases. */
    private interface Condition {
        boolean holds() throws InterruptedException, SQLException;
    }

    private static void await(String what, Condition condition, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!condition.holds()) {
                require(System.nanoTime() < deadline, "waited " + patience.toSeconds() + " s in vain until " + what);
                sleep(Duration.ofMillis(20));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the databases did not say whether " + what, e);
        }
    }

    private void pass(int steps) throws InterruptedException {
        sleep(step.multipliedBy(steps));
    }

    private static void sleep(Duration duration) throws InterruptedException {
        // A sample that watches itself run has to let time pass.
        Thread.sleep(duration.toMillis());
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    void say(String text) {
        out.println("---- " + text);
    }
}
