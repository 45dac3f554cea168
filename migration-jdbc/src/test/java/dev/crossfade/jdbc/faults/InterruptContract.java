package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.MigrationException;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An interrupt is kept for whoever owns the thread, and leaves no doubt about what was written. */
abstract class InterruptContract extends FaultContract {
    @AfterEach
    void forgetInterrupt() {
        Thread.interrupted();
    }

    @Test
    void an_interrupt_during_the_write_leaves_it_whole_or_undone() {
        Instance service = scene.startDual();
        service.onLegacy.beforeOn(Thread.currentThread(), "INTO orders", Thread.currentThread()::interrupt);

        boolean written = succeeds(() -> {
            service.orders.putAll(List.of(order(1), order(2)));
            return true;
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(scene.end()).isEqualTo(written ? List.of(order(1), order(2)) : List.of());
    }

    @Test
    void an_interrupt_during_the_commit_leaves_it_whole() {
        Instance service = scene.startDual();
        service.onLegacy.beforeOn(Thread.currentThread(), "COMMIT", Thread.currentThread()::interrupt);

        service.orders.put(order(1));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(rows(scene.legacy())).containsExactly(order(1));
        scene.endsWith(order(1));
    }

    @Test
    void an_interrupt_while_a_write_waits_for_a_handover_ends_the_wait_and_nothing_was_written() {
        Instance service = scene.startDual();
        Instance mover = scene.start(scene.setup());
        Scene.declareCopied(mover);
        Stop prepare = mover.onNew.stopBefore("UPDATE crossfade_fence");
        List<Stop> aborts = stopAborts(service, mover);
        Meanwhile<Instance> move = meanwhile(() -> mover.moveTo(Stage.NEW_PRIMARY));
        prepare.awaitReached();
        await().until(() -> service.service.migration.status().moving());

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> service.orders.put(order(1)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("interrupted")
                .hasMessageContaining("Nothing was written");

        assertThat(Thread.interrupted()).isTrue();
        prepare.release();
        aborts.forEach(Stop::release);
        move.result();
        service.orders.put(order(2));
        scene.endsWith(order(2));
    }

    @Test
    void interrupts_again_and_again_lose_no_write_that_was_acknowledged() throws Exception {
        Instance service = scene.startDual();
        service.orders.put(new Order(1, "n1", "open", 0));
        Meanwhile<Long> writer = meanwhile(() -> {
            long acknowledged = 0;
            for (int i = 0; i < 300; i++) {
                boolean written = succeeds(() -> service.service.migration.inTransaction(() -> {
                    Order seen = service.orders.findById(1).orElseThrow();
                    return service.orders.step(seen.id());
                }));
                acknowledged += written ? 1 : 0;
            }
            return acknowledged;
        });
        while (!writer.done().isDone()) {
            writer.thread().interrupt();
            LockSupport.parkNanos(1_000_000);
        }

        List<Order> held = scene.end();
        assertThat(held).hasSize(1);
        assertThat(held.get(0).steps()).isEqualTo(writer.result());
    }

    private static boolean succeeds(Callable<?> write) {
        try {
            write.call();
            return true;
        } catch (Exception refused) {
            return false;
        }
    }
}
