package dev.crossfade.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.CallScope;
import dev.crossfade.WriteToken;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was written is read, while every read goes to the new side and that side is behind. */
abstract class ReadYourWritesContract extends FaultContract {
    private static final String RELAY = "-relay-";
    private static final Order PAID = order(1).with("paid");

    private record Two(Instance writer, Instance other, List<Stop> relays) {
        void release() {
            relays.forEach(Stop::release);
        }
    }

    /** Both instances read from new, which has the order as it was; what the writer writes next stays on legacy. */
    private Two withNewSideBehind() {
        Instance writer = scene.startDual();
        Scene.declareCopied(writer);
        Instance other = scene.start(scene.setup());
        writer.orders.put(order(1));
        scene.awaitClean();
        writer.service.control.readNewPercent(100);
        other.service.control.readNewPercent(100);
        Stop second = other.onNew.stopBefore("crossfade_fence", RELAY);
        Stop held = writer.onNew.stopBefore("crossfade_fence", RELAY);
        writer.orders.put(PAID);
        held.awaitReached();
        assertThat(Scene.rows(scene.next())).containsExactly(order(1));
        return new Two(writer, other, List.of(held, second));
    }

    @Test
    void by_key_the_writer_reads_what_it_wrote() {
        Two instances = withNewSideBehind();
        Orders orders = instances.writer.orders;

        assertThat(orders.findById(1)).contains(PAID);
        assertThat(orders.findAllById(List.of(1L))).containsExactly(PAID);
        instances.release();
        scene.endsWith(PAID);
    }

    @Test
    void by_query_a_bound_subject_reads_what_it_wrote() {
        Two instances = withNewSideBehind();
        Orders orders = instances.writer.orders;

        try (CallScope.Opened scope = CallScope.subject("user-7").open()) {
            assertThat(scope).isNotNull();
            orders.put(order(2).with("paid"));

            assertThat(orders.countByStatus("paid")).isEqualTo(2);
        }
        instances.release();
        scene.endsWith(PAID, order(2).with("paid"));
    }

    /** While memory is full, every key may be a dirty one, until those that found no room have been brought in. */
    @Test
    void by_key_the_writer_reads_what_found_no_room_while_it_is_being_brought_in() {
        Order paid = order(2).with("paid");
        Instance writer = scene.startDual(scene.setup().change(builder -> builder.ledgerCapacity(1)));
        Scene.declareCopied(writer);
        writer.orders.put(order(1));
        scene.awaitClean();
        writer.orders.put(order(2));
        scene.awaitClean();
        writer.service.control.readNewPercent(100);
        Stop relay = writer.onNew.stopBefore("crossfade_fence", RELAY);
        writer.orders.put(PAID);
        relay.awaitReached();
        Stop feed = writer.onLegacy.stopBefore("ORDER BY l.pending_since LIMIT ?", "-backlog");
        writer.orders.put(paid);
        relay.release();
        feed.awaitReached();

        assertThat(Scene.rows(scene.next())).contains(order(2));
        assertThat(writer.orders.findById(2)).contains(paid);
        feed.release();
        scene.endsWith(PAID, paid);
    }

    @Test
    void another_instance_reads_it_at_once_with_the_token_and_later_without() {
        Two instances = withNewSideBehind();
        Orders orders = instances.other.orders;
        WriteToken token = instances.writer.service.migration.writeToken();

        try (CallScope.Opened scope = CallScope.current().carrying(token).open()) {
            assertThat(scope).isNotNull();
            assertThat(orders.findById(1)).contains(PAID);
            assertThat(orders.countByStatus("paid")).isEqualTo(1);
        }

        instances.release();
        scene.endsWith(PAID);
    }
}
