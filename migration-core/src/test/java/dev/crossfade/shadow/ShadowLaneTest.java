package dev.crossfade.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Reason;
import dev.crossfade.compare.Comparison.SecondaryFailed;
import dev.crossfade.compare.Comparison.Skipped;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.ReadFixture;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShadowLaneTest {
    private final ReadFixture fixture = ReadFixture.legacyPrimary(
            builder -> builder.shadowReads(shadow -> shadow.threads(1).queue(3).deadline(Duration.ofMillis(200))));

    @AfterEach
    void close() {
        fixture.close();
    }

    private void occupy() {
        fixture.control.shadowPercent(100);
        fixture.next.onRead = fixture.hanging();
        fixture.catalog.findById(1);
        ReadFixture.eventually(() -> assertThat(fixture.next.reads).hasValue(1));
    }

    @Test
    void what_does_not_fit_into_the_queue_is_dropped_newest_first_and_counted() {
        occupy();
        for (int i = 0; i < 10; i++) {
            assertThat(fixture.catalog.findById(2)).isPresent();
        }
        for (int i = 0; i < 7; i++) {
            assertThat(fixture.outcome()).isEqualTo(new Skipped(Reason.QUEUE_FULL));
        }
        assertThat(fixture.hasNoOutcome()).isTrue();
        fixture.hang.countDown();
        for (int i = 0; i < 4; i++) {
            assertThat(fixture.outcome()).isEqualTo(new Match());
        }
        assertThat(fixture.migration.status().shadowReads().skipped()).isEqualTo(7);
        assertThat(fixture.count("crossfade.shadow", "outcome", "skipped")).isEqualTo(7);
    }

    @Test
    void what_has_waited_beyond_its_deadline_is_not_begun() {
        occupy();
        fixture.catalog.findById(2);
        fixture.next.heal();
        fixture.platform.advance(Duration.ofMillis(201));
        // The hanging one is interrupted at the next tick, the waiting one skipped.
        fixture.eventuallyInTime(
                Duration.ofMillis(100), () -> assertThat(fixture.hasNoOutcome()).isFalse());
        assertThat(fixture.outcome()).isEqualTo(new Skipped(Reason.DEADLINE));
        assertThat(fixture.outcome()).isEqualTo(new Skipped(Reason.DEADLINE));
        assertThat(fixture.next.reads).hasValue(1);
    }

    @Test
    void a_hanging_shadow_read_is_interrupted_and_its_thread_goes_on() {
        for (int i = 1; i <= 3; i++) {
            fixture.forget();
            occupy();
            fixture.eventuallyInTime(
                    Duration.ofMillis(100),
                    () -> assertThat(fixture.hasNoOutcome()).isFalse());
            assertThat(fixture.outcome()).isEqualTo(new Skipped(Reason.DEADLINE));
            fixture.next.heal();
            assertThat(fixture.catalog.findById(2)).isPresent();
            assertThat(fixture.outcome()).isEqualTo(new Match());
        }
        assertThat(fixture.platform.spawned())
                .filteredOn(name -> name.contains("-shadow"))
                .hasSize(1);
    }

    @Test
    void a_shadow_read_that_ends_too_late_proves_nothing() {
        fixture.control.shadowPercent(100);
        fixture.next.onRead = (operation, normal) -> {
            fixture.platform.advance(Duration.ofMillis(201));
            return normal.get();
        };
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Skipped(Reason.DEADLINE));
    }

    @Test
    void an_unreachable_secondary_is_left_alone() {
        fixture.control.shadowPercent(100);
        fixture.next.onRead = FakeCatalog.failing(() -> new SQLTransientConnectionException("simulated"));
        for (int i = 0; i < 5; i++) {
            fixture.catalog.findById(1);
            assertThat(fixture.outcome()).isInstanceOf(SecondaryFailed.class);
        }
        for (int i = 0; i < 10; i++) {
            fixture.catalog.findById(1);
            assertThat(fixture.outcome()).isEqualTo(new Skipped(Reason.BREAKER_OPEN));
        }
        assertThat(fixture.next.reads).hasValue(5);
        fixture.next.heal();
        fixture.platform.advance(Duration.ofMillis(501));
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Match());
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Match());
    }

    @Test
    void closing_drops_what_waits_and_interrupts_what_runs() {
        AtomicInteger begun = new AtomicInteger();
        occupy();
        fixture.next.onRead = (operation, normal) -> {
            begun.incrementAndGet();
            return normal.get();
        };
        fixture.catalog.findById(2);
        fixture.catalog.findById(3);
        Thread closing = new Thread(fixture.migration::close);
        closing.start();
        // Nobody lets the hanging read go: close() interrupts it.
        ReadFixture.eventually(() -> {
            fixture.platform.advance(Duration.ofMillis(10));
            assertThat(closing.isAlive()).isFalse();
        });
        assertThat(begun).hasValue(0);
        ReadFixture.eventually(() -> assertThat(liveThreads()).isEmpty());
        fixture.events.clear();
        fixture.catalog.findById(1);
        assertThat(fixture.events).isEmpty();
    }

    private static List<String> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("crossfade-" + ReadFixture.NAME + "-shadow"))
                .toList();
    }
}
