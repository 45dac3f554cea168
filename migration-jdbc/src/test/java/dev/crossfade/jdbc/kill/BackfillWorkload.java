package dev.crossfade.jdbc.kill;

import dev.crossfade.EntityBuilder;
import dev.crossfade.Migration;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.run.RunLimits;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * An instance that takes part in a backfill, by pages of the repository or from table to table as chance has it, and whose
 * steps change the items that are just crossing. One more argument: how many old rows there are.
 */
public final class BackfillWorkload extends MigratingWorkload {
    /** Small pages, so that there are many of them, and slow enough that instances come and go meanwhile. */
    static final RunLimits LIMITS = RunLimits.DEFAULT
            .withThreads(2)
            .withMaxPage(20)
            .withRowsPerSecond(50)
            .withMaxSlowdown(Double.POSITIVE_INFINITY);

    private static final int AIMED_AT = 60;

    private final Migration migration;
    private final Items items;
    private final Backfill backfill;
    private final int oldRows;

    public BackfillWorkload(Context context) {
        super(context);
        List<String> arguments = context.arguments();
        this.oldRows = Integer.parseInt(arguments.get(6));
        this.migration = migration(
                Database.of("legacy", CrashingPool.of(pool(arguments.subList(0, 3)), this::committedOnLegacy)),
                Database.of("new", CrashingPool.of(pool(arguments.subList(3, 6)), this::committedOnNew)),
                context.writer().hashCode() % 2 == 0);
        this.items = migration.repository(Items.class);
        migration.start();
        this.backfill = migration.backfill(Items.class);
        backfill.limits(LIMITS);
        backfill.start(OPERATOR);
    }

    static Migration migration(Database legacy, Database next, boolean byPages) {
        Consumer<EntityBuilder<Items, Item, String>> crossing = byPages
                ? entity -> entity.backfill(Items::findPage)
                : entity -> entity.backfill(TableCopy.from(legacy, "SELECT id, op_order, writer, payload FROM item")
                        .to(next, "item")
                        .key("id", String.class)
                        .column("op_order")
                        .column("writer")
                        .column("payload"));
        return migration(legacy, next, crossing);
    }

    /** The name of an old row; names are in the order of numbers. */
    static String name(int number) {
        return "item-%06d".formatted(number);
    }

    @Override
    Migration migration() {
        return migration;
    }

    @Override
    Items items() {
        return items;
    }

    /** Pages cross in the order of keys, so that about as many rows are through as lie before those that cross now. */
    @Override
    String key(RandomGenerator random) {
        long through = migration.status().backfills().get(0).rows();
        return name(
                random.nextInt(4) == 0
                        ? random.nextInt(oldRows)
                        : (int) Math.max(0, through - AIMED_AT / 2 + random.nextInt(2 * AIMED_AT)));
    }

    private void committedOnLegacy(List<String> statements) {
        String thread = Thread.currentThread().getName();
        if (thread.equals("main")) {
            context().crashPoints().reached(CrashPoint.AFTER_PRIMARY_COMMIT);
        } else if (isBackfill() && has(statements, "crossfade_ledger")) {
            context().crashPoints().reached(CrashPoint.AFTER_MARK);
        }
    }

    private void committedOnNew(List<String> statements) {
        if (Thread.currentThread().getName().contains("-relay-")) {
            context().crashPoints().reached(CrashPoint.AFTER_APPLY);
        } else if (isBackfill()) {
            if (has(statements, "SET token = token + 1")) {
                context().crashPoints().reached(CrashPoint.AFTER_CLAIM);
            } else if (has(statements, "SET up_to_key = ?")) {
                context().crashPoints().reached(CrashPoint.AFTER_SPLIT);
            } else if (has(statements, "INSERT INTO item")) {
                context().crashPoints().reached(CrashPoint.AFTER_PAGE);
            } else if (has(statements, "DELETE FROM crossfade_backfill_range")) {
                context().crashPoints().reached(CrashPoint.AFTER_CHECKPOINT);
            }
        }
    }

    private static boolean isBackfill() {
        return Thread.currentThread().getName().contains("-backfill-");
    }

    private static boolean has(List<String> statements, String words) {
        return statements.stream().anyMatch(statement -> statement.contains(words));
    }
}
