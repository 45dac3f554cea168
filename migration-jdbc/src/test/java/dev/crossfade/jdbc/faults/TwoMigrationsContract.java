package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.MoveResult;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.FenceTable;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.jdbc.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Migrations that share a database move one after the other. */
abstract class TwoMigrationsContract extends FaultContract {
    private static final String OTHER = "invoices";
    private static final String NAMED = "migration 'invoices' moves";

    /** Has the other migration's fence say this, as a handover leaves it. */
    private static void otherIs(TestDatabase database, Role role) {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            FenceTable fence = new FenceTable(Dialect.of(connection), "crossfade_", OTHER, Side.LEGACY);
            FenceRow row = new FenceRow(role, Stage.LEGACY_PRIMARY, 5, 1, 0, "somewhere");
            fence.create(connection, row);
            fence.write(connection, row);
            connection.commit();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static MoveResult move(Instance instance, Stage to) {
        return instance.service.migration.moveTo(to, ALICE);
    }

    /** A move that ended before it came to the stop, as on a slow machine, is asked for again. */
    private static MoveResult moveBy(Stop stop, Instance instance, Stage to) {
        MoveResult result = move(instance, to);
        long giveUp = System.nanoTime() + Scene.PATIENCE.toNanos() / 2;
        while (!stop.isReached() && System.nanoTime() - giveUp < 0) {
            result = move(instance, to);
        }
        return result;
    }

    private static void assertRefused(Instance instance, Stage to) {
        assertThat(instance.service.migration.check(to, ALICE))
                .singleElement()
                .asString()
                .contains(NAMED);
        assertThat(move(instance, to)).isInstanceOf(MoveResult.Refused.class);
    }

    @Test
    void a_move_is_refused_while_another_migration_moves_in_one_of_the_databases() {
        Instance instance = scene.startDual();
        otherIs(scene.legacy(), Role.DRAINING);
        assertRefused(instance, Stage.LEGACY_ONLY);
        otherIs(scene.legacy(), Role.SECONDARY);
        otherIs(scene.next(), Role.PREPARED);
        assertRefused(instance, Stage.LEGACY_ONLY);

        otherIs(scene.next(), Role.PRIMARY);
        assertThat(move(instance, Stage.LEGACY_ONLY)).isInstanceOf(MoveResult.Moved.class);
    }

    @Test
    void a_move_that_dead_instances_left_behind_keeps_nobody_from_moving() {
        Instance instance = scene.startDual();
        otherIs(scene.legacy(), Role.DRAINING);
        Scene.execute(
                scene.legacy(),
                "UPDATE crossfade_fence SET changed_at = TIMESTAMP '2020-01-01 00:00:00' WHERE migration = 'invoices'");
        assertThat(move(instance, Stage.LEGACY_ONLY)).isInstanceOf(MoveResult.Moved.class);
    }

    @Test
    void of_two_moves_that_no_check_could_tell_apart_one_does_not_drain_and_names_the_other() {
        Instance instance = scene.startDual();
        Stop drain = instance.onLegacy.stopBefore("ORDER BY stripe FOR UPDATE", "meanwhile");
        Meanwhile<MoveResult> move = meanwhile(() -> moveBy(drain, instance, Stage.LEGACY_ONLY));
        drain.awaitReached();
        otherIs(scene.legacy(), Role.DRAINING);
        drain.release();

        assertThat(move.result())
                .isInstanceOfSatisfying(
                        MoveResult.Aborted.class,
                        aborted -> assertThat(aborted.reason()).contains(NAMED));
        assertThat(instance.stage()).isEqualTo(Stage.LEGACY_PRIMARY);
    }

    @Test
    void a_side_is_not_prepared_while_another_migration_moves_there_and_writes_go_on() {
        Instance instance = scene.startDual();
        Scene.declareCopied(instance);
        Stop prepare = instance.onNew.stopBefore("ORDER BY stripe FOR UPDATE", "meanwhile");
        Meanwhile<MoveResult> move = meanwhile(() -> moveBy(prepare, instance, Stage.NEW_PRIMARY));
        prepare.awaitReached();
        otherIs(scene.next(), Role.DRAINING);
        prepare.release();

        assertThat(move.result()).isInstanceOf(MoveResult.Aborted.class);
        instance.orders.put(order(1));
        scene.endsWith(order(1));
    }
}
