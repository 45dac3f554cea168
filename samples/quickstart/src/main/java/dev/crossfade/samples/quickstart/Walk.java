package dev.crossfade.samples.quickstart;

import dev.crossfade.CopyRun;
import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.control.Stage;
import dev.crossfade.samples.quickstart.checker.Checker;
import dev.crossfade.samples.quickstart.checker.Verdict;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The whole migration, step by step, as an operator would go: dials and wishes by flag, the way back by API. */
final class Walk {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAGE = 500;
    private static final Operator OPERATOR = Operator.of("quickstart", "the walk through all stages");

    private final Shop shop;
    private final PrintStream out;
    private final Duration step;
    private final Map<String, Object> flag = new LinkedHashMap<>();
    private long revision = 1;

    /** @param step how long the service stays at each setting */
    Walk(Shop shop, Duration step, PrintStream out) {
        this.shop = shop;
        this.step = step;
        this.out = out;
        flag.put("stage", Stage.LEGACY_ONLY.name());
        flag.put("revision", revision);
    }

    /** Goes to the last stage but one, with every fault healed. */
    void toTheLastStageButOne() throws InterruptedException, SQLException {
        say("legacy alone, as before the migration");
        pass(1);
        say("dual write begins, by flag");
        wishFor(Stage.LEGACY_PRIMARY);
        pass(1);
        copyOldOrders();
        say("shadow reads, while statements of the new side time out now and then");
        shop.newSide.setTimeOutEvery(150);
        dial("shadowPercent", 25);
        pass(2);
        shop.newSide.setTimeOutEvery(0);
        refuseAndMend();
        for (double percent : new double[] {1, 5, 25}) {
            raiseReads(percent);
        }
        killTheNewSide();
        for (double percent : new double[] {50, 100}) {
            raiseReads(percent);
        }
        compare("before the first handover");
        say("handover to the new side, by flag");
        wishFor(Stage.NEW_PRIMARY);
        pass(3);
        say("and back to legacy, by an operator");
        move(Stage.LEGACY_PRIMARY, OPERATOR);
        pass(2);
        compare("after the way back");
        say("forward again");
        move(Stage.NEW_PRIMARY, OPERATOR);
        pass(2);
    }

    /** Ends the migration. */
    void finish() throws InterruptedException {
        say("the end: the new side alone");
        move(Stage.NEW_ONLY, OPERATOR.approvingPointOfNoReturn());
        pass(2);
    }

    /**
     * Copies the old orders while the traffic goes on: marks every id, the relay does the rest. The ids are listed after
     * the dual write began, or those of the last moments before it would be missing.
     */
    void copyOldOrders() throws InterruptedException, SQLException {
        say("copy of the old orders, during writes and deletes");
        CopyRun copy = shop.migration.copy(OrderRepository.class);
        for (List<Long> page = idsAfter(0); !page.isEmpty(); page = idsAfter(page.get(page.size() - 1))) {
            copy.mark(page);
        }
        List<String> missing = copy.complete(OPERATOR, PATIENCE);
        require(missing.isEmpty(), "the copy is not complete: " + missing);
        say(copy.marked() + " orders have been copied");
    }

    private List<Long> idsAfter(long last) throws SQLException {
        List<Long> ids = new ArrayList<>(PAGE);
        try (Connection connection = shop.legacyDatabase.dataSource().getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT id FROM orders WHERE id > ? ORDER BY id FETCH FIRST ? ROWS ONLY")) {
            query.setLong(1, last);
            query.setInt(2, PAGE);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
        }
        return ids;
    }

    private void refuseAndMend() throws InterruptedException {
        say("a note that the new side refuses");
        change("left\u0000right");
        await("the key is parked", () -> shop.migration.status().ledger().parked() == 1);
        say("a later change makes it acceptable");
        change("left and right");
        await("the key has healed", () -> shop.migration.status().ledger().parked() == 0);
    }

    private void change(String notes) {
        Order changed = shop.orders
                .changeNotes(Shop.REFUSED_ORDER, notes)
                .orElseThrow(() -> new IllegalStateException("the order of this step is gone"));
        shop.book.acknowledged(changed);
    }

    private void raiseReads(double percent) throws InterruptedException {
        say("reads: " + percent + " % from the new side");
        dial("readNewPercent", percent);
        pass(1);
    }

    private void killTheNewSide() throws InterruptedException {
        say("the new side is dead for 5 s; the service must not notice");
        shop.newSide.setDead(true);
        sleep(Duration.ofSeconds(5));
        say("the new side is back, with " + shop.migration.status().ledger().dirty() + " keys behind");
        shop.newSide.setDead(false);
        await(
                "nothing is dirty for a moment",
                () -> shop.migration.status().ledger().dirty() == 0);
    }

    private void dial(String name, double percent) throws InterruptedException {
        flag.put(name, percent);
        shop.flags.set(Shop.FLAG, flag);
        await(
                name + " is in force",
                () -> (name.equals("shadowPercent")
                                ? shop.migration.status().shadowPercent()
                                : shop.migration.status().readNewPercent())
                        == percent);
    }

    private void wishFor(Stage stage) throws InterruptedException {
        flag.put("stage", stage.name());
        flag.put("revision", ++revision);
        shop.flags.set(Shop.FLAG, flag);
        await("the stage is " + stage, () -> shop.migration.status().stage() == stage);
    }

    private void move(Stage stage, Operator operator) {
        MoveResult result = shop.migration.moveTo(stage, operator);
        require(result.moved(), "the move to " + stage + " did not succeed: " + result);
    }

    /** Stops the traffic for a moment and has the checker compare both sides. */
    Verdict compare(String when) throws InterruptedException, SQLException {
        shop.traffic.pause();
        try {
            await("nothing is dirty", () -> shop.migration.status().ledger().dirty() == 0);
            Verdict verdict = Checker.checkBoth(
                    shop.legacyDatabase.dataSource(),
                    shop.newDatabase.dataSource(),
                    shop.book.expectations(),
                    shop.book::isDoubtful);
            shop.migration.status().lastDifferences().forEach(seen -> say("differed: " + seen));
            say("checked " + when + ": " + verdict.rowsOnLegacy() + " and " + verdict.rowsOnNew() + " rows, "
                    + (verdict.isClean() ? "no difference" : "NOT CLEAN " + verdict.counts()));
            verdict.findings().forEach(finding -> say("  " + finding));
            require(verdict.isClean(), "the two sides differ, which no waiting mends");
            return verdict;
        } finally {
            shop.traffic.resume();
        }
    }

    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            require(System.nanoTime() < deadline, "waited " + PATIENCE.toSeconds() + " s in vain until " + what);
            sleep(Duration.ofMillis(20));
        }
    }

    private void pass(int steps) throws InterruptedException {
        sleep(step.multipliedBy(steps));
    }

    private static void sleep(Duration duration) throws InterruptedException {
        // A sample that watches itself run has to let time pass.
        Thread.sleep(duration.toMillis());
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
