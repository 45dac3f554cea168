package dev.crossfade.internal.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.internal.memory.InMemoryLedger;
import dev.crossfade.internal.view.WriteTimes;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunLimits;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.LedgerStatus;
import dev.crossfade.spi.Touch;
import dev.crossfade.testing.ManualPlatform;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrakesTest {
    private static final Duration QUICK = Duration.ofMillis(1);
    private static final Duration SLOW = Duration.ofSeconds(1);

    private final ManualPlatform platform = new ManualPlatform();
    private final InMemoryLedger ledger = new InMemoryLedger(platform, 1_000, 10);
    private final WriteTimes times = new WriteTimes(platform);
    private final Brakes brakes = new Brakes(platform, ledger, times);
    private long refused;
    private RunLimits limits = RunLimits.DEFAULT;

    private Brake now() {
        return brakes.now(limits, refused);
    }

    private void dirty(int keys) {
        List<Touch> touches = new ArrayList<>();
        for (long key = 0; key < keys; key++) {
            touches.add(new Touch(new EntityKey("Order", key), Change.WRITTEN));
        }
        ledger.record(touches);
    }

    @Test
    void nothing_brakes_at_first() {
        assertThat(now()).isEqualTo(Brake.NONE);
    }

    @Test
    void rows_that_were_read_are_paid_for_with_time() {
        limits = limits.withRowsPerSecond(1_000);
        brakes.read(500, limits);
        assertThat(now()).isEqualTo(Brake.ROWS_PER_SECOND);
        platform.advance(Duration.ofMillis(499));
        assertThat(now()).isEqualTo(Brake.ROWS_PER_SECOND);
        platform.advance(Duration.ofMillis(1));
        assertThat(now()).isEqualTo(Brake.NONE);
    }

    @Test
    void beside_quick_writes_pages_get_faster_until_they_take_all_of_their_time() {
        Duration longest = Duration.ofMillis(100);
        for (long pages = 0; pages < 2_000; pages++) {
            boolean goes = now() == Brake.NONE;
            if (goes) {
                brakes.read(brakes.bound(limits).maxPage(), limits);
            }
            // A page takes a moment, and the service writes meanwhile.
            quickWrites(goes ? Duration.ofMillis(5) : brakes.untilNext(longest));
        }
        assertThat(brakes.bound(limits).rowsPerSecond()).isBetween(10 * Pace.FIRST, Long.MAX_VALUE - 1);
    }

    private void quickWrites(Duration time) {
        for (long nanos = 0; nanos < time.toNanos(); nanos += QUICK.toNanos()) {
            long began = times.begin();
            platform.advance(QUICK);
            times.end(began);
        }
    }

    @Test
    void time_without_rows_is_not_saved_up() {
        limits = limits.withRowsPerSecond(1_000);
        platform.advance(Duration.ofHours(1));
        brakes.read(1_000, limits);
        platform.advance(Duration.ofMillis(999));
        assertThat(now()).isEqualTo(Brake.ROWS_PER_SECOND);
    }

    @Test
    void a_large_backlog_brakes_until_it_is_worked_off_or_the_limit_is_raised() {
        limits = limits.withMaxDirty(10);
        dirty(11);
        assertThat(now()).isEqualTo(Brake.BACKLOG);
        limits = limits.withMaxDirty(11);
        assertThat(now()).isEqualTo(Brake.NONE);
    }

    @Test
    void a_backlog_that_grows_old_brakes() {
        dirty(101);
        platform.advance(Duration.ofSeconds(5));
        assertThat(now()).isEqualTo(Brake.NONE);
        platform.advance(Duration.ofMillis(1));
        assertThat(now()).isEqualTo(Brake.LAG);
    }

    @Test
    void rows_that_are_refused_for_long_do_not_stop_the_others() {
        limits = limits.withMaxDirty(10);
        refused = 101;
        dirty(101);
        platform.advance(Duration.ofHours(1));
        assertThat(now()).isEqualTo(Brake.NONE);
    }

    @Test
    void what_other_instances_have_not_refreshed_brakes_too() {
        LedgerStatus ofAll = new LedgerStatus(10_001, 0, Duration.ofSeconds(1), 0, 0);
        assertThat(new Brakes(platform, saying(ofAll), times).now(limits, 0)).isEqualTo(Brake.BACKLOG);
        LedgerStatus old = new LedgerStatus(101, 0, Duration.ofSeconds(6), 0, 0);
        assertThat(new Brakes(platform, saying(old), times).now(limits, 0)).isEqualTo(Brake.LAG);
    }

    /** They wait for a person, who may come tomorrow. */
    @Test
    void parked_keys_do_not_brake() {
        LedgerStatus parked = new LedgerStatus(20_000, 15_000, Duration.ofSeconds(1), 0, 0);
        assertThat(new Brakes(platform, saying(parked), times).now(limits, 7)).isEqualTo(Brake.NONE);
    }

    /** This process alone knows of no key. */
    private Ledger saying(LedgerStatus status) {
        return (Ledger) Proxy.newProxyInstance(
                Ledger.class.getClassLoader(),
                new Class<?>[] {Ledger.class},
                (self, method, arguments) ->
                        method.getName().equals("status") ? status : method.invoke(ledger, arguments));
    }

    @Test
    void a_slow_store_makes_pages_wait_longer_and_longer_until_it_is_quick_again() {
        brakes.latency(SLOW, QUICK, limits);
        assertThat(now()).isEqualTo(Brake.PRIMARY_SLOW);
        platform.advance(Brakes.PAUSE);
        assertThat(now()).isEqualTo(Brake.NONE);
        brakes.latency(SLOW, QUICK, limits);
        platform.advance(Brakes.PAUSE);
        assertThat(now()).isEqualTo(Brake.PRIMARY_SLOW);
        platform.advance(Brakes.PAUSE);
        brakes.latency(QUICK, SLOW, limits);
        assertThat(now()).isEqualTo(Brake.SECONDARY_SLOW);
        brakes.latency(QUICK, QUICK, limits);
        assertThat(now()).isEqualTo(Brake.NONE);
    }

    @Test
    void too_large_a_share_of_failed_pages_makes_pages_wait() {
        brakes.ended(true, limits);
        brakes.ended(true, limits);
        brakes.ended(true, limits);
        assertThat(now()).as("too few pages to tell").isEqualTo(Brake.NONE);
        brakes.ended(true, limits);
        assertThat(now()).isEqualTo(Brake.ERRORS);
        platform.advance(Brakes.PAUSE);
        assertThat(now()).isEqualTo(Brake.NONE);
        for (int i = 0; i < 5; i++) {
            brakes.ended(false, limits);
        }
        brakes.ended(true, limits);
        assertThat(now()).as("five of ten").isEqualTo(Brake.NONE);
    }
}
