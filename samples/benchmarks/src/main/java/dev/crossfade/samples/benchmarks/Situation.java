package dev.crossfade.samples.benchmarks;

import dev.crossfade.CopyRun;
import dev.crossfade.Migration;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.Store;
import dev.crossfade.control.Control;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.OpenFeatureControl;
import dev.crossfade.control.Stage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Where a migration stands when it is measured. */
public enum Situation {
    LEGACY_ONLY(Stage.LEGACY_ONLY, 0, 0),
    LEGACY_PRIMARY_0(Stage.LEGACY_PRIMARY, 0, 0),
    LEGACY_PRIMARY_50(Stage.LEGACY_PRIMARY, 50, 0),
    LEGACY_PRIMARY_100(Stage.LEGACY_PRIMARY, 100, 0),
    /** As many reads from either side, and one in a hundred is followed by a shadow read. */
    LEGACY_PRIMARY_50_SHADOW_1(Stage.LEGACY_PRIMARY, 50, 1),
    /** The dial stands at 50 % for the caller's region and at 0 % for all others. */
    LEGACY_PRIMARY_50_SEGMENT(Stage.LEGACY_PRIMARY, 0, 0),
    NEW_PRIMARY(Stage.NEW_PRIMARY, 100, 0),
    NEW_ONLY(Stage.NEW_ONLY, 100, 0);

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Stage stage;
    private final double readNewPercent;
    private final double shadowPercent;

    Situation(Stage stage, double readNewPercent, double shadowPercent) {
        this.stage = stage;
        this.readNewPercent = readNewPercent;
        this.shadowPercent = shadowPercent;
    }

    Stage stage() {
        return stage;
    }

    /** A started migration that stands here. */
    Migration migration() {
        Control control = this == LEGACY_PRIMARY_50_SEGMENT
                ? OpenFeatureControl.using(Flags.client()).segmentedBy("region")
                : ManualControl.create().readNewPercent(readNewPercent).shadowPercent(shadowPercent);
        MigrationBuilder builder = Migration.of("orders")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Orders.class,
                        r -> r.from(new LegacyOrders())
                                .to(new NewOrders())
                                .key(Order.class, Order::number)
                                .overwrite(Orders::put))
                .control(control)
                .startingAt(Stage.LEGACY_ONLY);
        Migration migration = builder.build().start();
        try {
            walk(migration);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return migration;
    }

    private void walk(Migration migration) throws InterruptedException {
        Operator operator = Operator.of("benchmarks", "to measure").approvingPointOfNoReturn();
        for (Stage next : List.of(Stage.LEGACY_PRIMARY, Stage.NEW_PRIMARY, Stage.NEW_ONLY)) {
            if (next.compareTo(stage) > 0) {
                return;
            }
            MoveResult moved = migration.moveTo(next, operator);
            if (!moved.moved()) {
                throw new IllegalStateException("cannot move to " + next + ": " + moved);
            }
            if (next == Stage.LEGACY_PRIMARY) {
                CopyRun copy = migration.copy(Orders.class);
                copy.mark(Arrays.asList(MapOrders.numbers()));
                List<String> open = copy.complete(operator, LIMIT);
                if (!open.isEmpty()) {
                    throw new IllegalStateException("cannot complete the copy: " + open);
                }
            }
        }
    }
}
