package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.SettingsChanged;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Rig;
import io.micrometer.core.instrument.Meter;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusAndMetersTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final Rig rig = Rig.at(Stage.LEGACY_PRIMARY);

    @AfterEach
    void close() {
        release.countDown();
        rig.close();
    }

    private static Order order(long id) {
        return new Order(id, 7, "new", null);
    }

    private double meter(String name, String... tags) {
        return rig.meters
                .get(name)
                .tags("migration", "orders")
                .tags(tags)
                .functionCounter()
                .count();
    }

    @Test
    void the_status_tells_stage_dials_dirt_and_traffic_by_side() {
        rig.orders.put(order(1));
        rig.copyAll();
        rig.control.readNewPercent(12.5).shadowPercent(0.25);
        rig.orders.findById(1);
        MigrationStatus status = rig.migration.status();
        assertThat(status.migration()).isEqualTo("orders");
        assertThat(status.stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        assertThat(status.primary()).isEqualTo(Side.LEGACY);
        assertThat(status.readNewPercent()).isEqualTo(12.5);
        assertThat(status.shadowPercent()).isEqualTo(0.25);
        assertThat(status.copied()).isEqualTo(Map.of("Order", true));
        assertThat(status.writes()).isEqualTo(Map.of(Side.LEGACY, 1L, Side.NEW, 0L));
        assertThat(status.reads().values().stream().mapToLong(n -> n).sum()).isEqualTo(1);
        assertThat(status.ledger().dirty()).isZero();
        assertThat(status.ledger().peak()).isEqualTo(1);
        assertThat(status.moving()).isFalse();
        assertThat(status.readsToPrimary()).isFalse();

        rig.control.readsToPrimary(true);
        assertThat(rig.migration.status().readsToPrimary()).isTrue();
        assertThat(rig.migration.status().readNewPercent()).as("as in force").isZero();
        assertThat(rig.migration.status().shadowPercent()).isZero();
        assertThat(rig.events(SettingsChanged.class)).isNotEmpty();
    }

    @Test
    void counters_count_by_operation_side_and_outcome() {
        rig.orders.put(order(1));
        rig.awaitClean();
        rig.orders.changeStatus(1, "paid");
        rig.legacy.beforeWrite = operation -> {
            throw new IllegalStateException("refused");
        };
        assertThatThrownBy(() -> rig.orders.put(order(2))).hasMessage("refused");
        assertThat(meter("crossfade.write", "entity", "Order", "operation", "put", "side", "LEGACY", "outcome", "ok"))
                .isEqualTo(1);
        assertThat(meter("crossfade.write", "operation", "put", "side", "LEGACY", "outcome", "failed"))
                .isEqualTo(1);
        assertThat(meter("crossfade.write", "operation", "changeStatus", "side", "LEGACY", "outcome", "ok"))
                .isEqualTo(1);
        rig.awaitClean();
        assertThat(meter("crossfade.refresh", "outcome", "applied")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void gauges_follow_the_ledger_and_moves_are_timed() {
        rig.next.beforeWrite = operation -> release.await();
        rig.orders.put(order(1));
        assertThat(rig.meters.get("crossfade.ledger.dirty").gauge().value()).isEqualTo(1);
        assertThat(rig.meters.get("crossfade.ledger.parked").gauge().value()).isZero();
        assertThat(rig.meters.get("crossfade.ledger.lag").gauge().value()).isBetween(0.01, 30.0);
        assertThat(rig.meters.get("crossfade.ledger.lag").gauge().getId().getBaseUnit())
                .isEqualTo("seconds");
        assertThat(rig.meters.get("crossfade.fence.view.age").gauge().value()).isBetween(0.0, 30.0);
        assertThat(rig.meters.get("crossfade.handover.pause").timer().count()).isEqualTo(1);
        release.countDown();
        rig.awaitClean();
        assertThat(rig.meters.get("crossfade.ledger.dirty").gauge().value()).isZero();
    }

    @Test
    void tags_are_bounded_and_closing_removes_every_meter() {
        assertThat(rig.meters.getMeters())
                .isNotEmpty()
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(tag -> tag.getKey())
                .containsOnly("migration", "entity", "side", "outcome", "operation", "reason");
        assertThat(rig.meters.getMeters())
                .extracting(Meter::getId)
                .allSatisfy(id -> assertThat(id.getName()).startsWith("crossfade."));
        rig.migration.close();
        assertThat(rig.meters.getMeters()).isEmpty();
    }
}
