package dev.crossfade.internal.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.internal.memory.InMemoryCoordination;
import dev.crossfade.internal.memory.InMemoryFence;
import dev.crossfade.internal.memory.InMemoryLedger;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.Touch;
import dev.crossfade.testing.Rig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A key that is dirty where there is no secondary, as after a move that another process has made. */
class NoSecondaryTest {
    private final InMemoryLedger ledger = new InMemoryLedger(Platform.system(), 10, 3);

    @Test
    void a_key_that_nobody_can_refresh_is_not_tried_again_at_once() {
        try (Rig rig = Rig.at(
                Stage.LEGACY_ONLY,
                builder -> builder.coordinatedBy(setup ->
                        new InMemoryCoordination(new InMemoryFence(setup.migration(), setup.platform()), ledger)))) {
            ledger.record(List.of(new Touch(new EntityKey("Order", 1L), Change.WRITTEN)));

            await().until(() -> {
                long due = ledger.nanosUntilDue();
                return due > 0 && due < Long.MAX_VALUE;
            });
            assertThat(rig.legacy.reads).hasValue(0);
            assertThat(ledger.status().parked()).isZero();
            ledger.clear(1);
        }
    }
}
