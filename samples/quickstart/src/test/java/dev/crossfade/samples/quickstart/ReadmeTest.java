package dev.crossfade.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Discrepancies;
import dev.crossfade.EntityBuilder;
import dev.crossfade.Migration;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.RepairOptions;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.OpenFeatureControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.jdbc.JdbcKeyMapping;
import dev.crossfade.jdbc.Orphan;
import dev.crossfade.jdbc.OrphanReport;
import dev.crossfade.jdbc.References;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.openfeature.sdk.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Keeps the README true: its Java compiles here, and its test command is the one that CI runs. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final Path SOURCE = Path.of("src/test/java/dev/crossfade/samples/quickstart/ReadmeTest.java");

    @Test
    void java_of_the_readme_stands_in_this_file_and_so_compiles() throws IOException {
        String source = squeeze(Files.readString(SOURCE));

        assertThat(blocks("java"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(source).contains(squeeze(block)));
    }

    @Test
    void the_test_command_of_the_readme_is_the_one_that_ci_runs() throws IOException {
        String ci = Files.readString(ROOT.resolve(".ci/run")).strip();

        assertThat(ci.lines().reduce((before, last) -> last))
                .contains(blocks("bash").get(1).strip());
    }

    @Test
    void every_test_that_the_readme_names_exists() throws IOException {
        List<String> names = Pattern.compile("`(\\w+Test)`")
                .matcher(readme())
                .results()
                .map(found -> found.group(1) + ".java")
                .distinct()
                .toList();

        assertThat(names).isNotEmpty();
        try (var files = Files.walk(ROOT)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())).toList())
                    .containsAll(names);
        }
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(readme())
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "");
    }

    // What follows is the README's code. It is compiled, not run: the walk of the quickstart runs the same calls.

    /** The dual write that loses updates. */
    interface StatusChange {
        void changeStatus(long id, String status);
    }

    record ByHand(StatusChange legacyOrders, StatusChange newOrders) {
        void changeStatus(long id, String status) {
            legacyOrders.changeStatus(id, status);
            newOrders.changeStatus(id, status);
        }
    }

    abstract static class FirstSteps {
        abstract OrderRepository legacyOrders(DataSource pool);

        abstract OrderRepository newOrders(DataSource pool);

        OrderRepository firstSteps(DataSource legacyPool, DataSource newPool, Client client, Instant now) {
            Database legacy = Database.of("legacy", legacyPool);
            Database next = Database.of("new", newPool);
            Migration migration = Migration.of("orders")
                    .between(legacy, next)
                    .repository(
                            OrderRepository.class,
                            r -> r.from(legacyOrders(legacy.dataSource()))
                                    .to(newOrders(next.dataSource()))
                                    .key(Order.class, Order::id)
                                    .overwrite(OrderRepository::put)
                                    .backfill(OrderRepository::findPage))
                    .control(OpenFeatureControl.using(client))
                    .build();
            migration.start();
            OrderRepository orders = migration.repository(OrderRepository.class);
            migration.inTransaction(
                    () -> orders.put(orders.findById(7L).orElseThrow().withStatus(OrderStatus.SHIPPED, now)));
            return orders;
        }
    }

    static MigrationBuilder tablesByHand(MigrationBuilder builder, Database legacy, Database next) {
        return builder.coordinatedBy(
                JdbcCoordination.between(legacy, next).tablePrefix("orders_").withoutDdl());
    }

    static UUID pairedKey(Database next, long id) {
        JdbcKeyMapping<Long, UUID> ids =
                JdbcKeyMapping.in(next, "orders", "Order", Long.class, UUID.class, UUID::randomUUID);
        return ids.newKeyOf(id).orElseGet(() -> ids.toNew(id));
    }

    static MoveResult steps(Migration migration) throws InterruptedException {
        Operator alice = Operator.of("alice", "CHG-1234");
        migration.moveTo(Stage.LEGACY_PRIMARY, alice.confirmingOnlyWriter());

        Backfill backfill = migration.backfill(OrderRepository.class).start(alice);
        BackfillStatus status = backfill.awaitEnd(Duration.ofHours(8));

        Reconciliation reconciliation =
                migration.reconciliation(OrderRepository.class).start(Scope.full(), alice);
        Verdict verdict = reconciliation.awaitEnd(Duration.ofHours(8)).verdict();

        MoveResult result = migration.moveTo(Stage.NEW_PRIMARY, alice);
        return status.state().isEnd() && verdict == Verdict.CLEAN
                ? result
                : new MoveResult.Refused(List.of(status.toString()));
    }

    static void repairs(Migration migration, Reconciliation reconciliation, Operator alice) {
        reconciliation.every(Duration.ofHours(6), Scope.full(), alice);
        ReconciliationReport report = reconciliation.report().orElseThrow();
        System.out.println(report.text());

        Discrepancies discrepancies = migration.discrepancies();
        discrepancies.repair(report.findings(), RepairOptions.DEFAULT.asDryRun(), alice);
        discrepancies.repair(report.findings(), RepairOptions.DEFAULT.withMaxDeletes(20), alice);
    }

    static void hands(Backfill backfill, Operator alice) {
        backfill.limits(backfill.limits().withRowsPerSecond(2_000).withThreads(4));
        backfill.pause(alice);
        System.out.println(backfill.status());
        backfill.resume(alice);
    }

    static void tables(EntityBuilder<OrderRepository, Order, Long> entity, Database legacy, Database next) {
        entity.backfill(TableCopy.from(legacy, "SELECT id, status, total FROM orders")
                .to(next, "purchase")
                .key("id", Long.class)
                .column("status")
                .column(
                        "total_cents",
                        row -> row.getBigDecimal("total").movePointRight(2).longValueExact()));
    }

    interface Archive {
        void take(List<Orphan> orphans);
    }

    static boolean orphans(Database shop, Database accounts, Archive archive)
            throws SQLException, InterruptedException {
        OrphanReport report = References.from(shop, "orders", "user_id", Long.class)
                .key("id", Long.class)
                .to(accounts, "users", "id")
                .find(orphans -> archive.take(orphans));
        return report.isClean();
    }
}
