package dev.crossfade.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.crossfade.MigrationStatus.MismatchRate;
import dev.crossfade.event.MigrationEvent.MismatchAlarm;
import dev.crossfade.event.MigrationEvent.MismatchAlarmEnded;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.ReadFixture;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MismatchAlarmTest {
    private final ReadFixture fixture = ReadFixture.legacyPrimary(builder -> builder.shadowReads(
            shadow -> shadow.threads(1).window(Duration.ofSeconds(10)).minimumSample(20)));

    MismatchAlarmTest() {
        fixture.control.shadowPercent(100);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void compare(long id, int times) {
        for (int i = 0; i < times; i++) {
            fixture.catalog.findById(id);
            fixture.outcome();
        }
    }

    private MismatchRate rate() {
        return java.util.Objects.requireNonNull(
                fixture.migration.status().mismatchRates().get("Order"));
    }

    @Test
    void nothing_compared_and_none_of_twelve_are_no_evidence() {
        assertThat(rate()).isEqualTo(new MismatchRate(0, 0, 1, false));
        compare(2, 12);
        assertThat(rate().sufficient()).isFalse();
        assertThat(rate().upperBound()).as("Wilson, 0 of 12").isCloseTo(0.2425, within(0.0001));
        compare(2, 8);
        assertThat(rate().sufficient()).isTrue();
        assertThat(rate().upperBound()).as("Wilson, 0 of 20").isCloseTo(0.1611, within(0.0001));
    }

    @Test
    void the_alarm_is_raised_once_and_ends_when_the_mismatches_have_left_the_window() {
        fixture.next.rows.put(1L, new Order(1L, 1, "lost", null));
        compare(1, 2);
        compare(2, 17);
        assertThat(fixture.events(MismatchAlarm.class)).as("too few").isEmpty();
        compare(2, 1);
        ReadFixture.eventually(() -> assertThat(fixture.events(MismatchAlarm.class))
                .singleElement()
                .satisfies(alarm -> {
                    assertThat(alarm.entity()).isEqualTo("Order");
                    assertThat(alarm.rate()).isEqualTo(0.1);
                    assertThat(alarm.compared()).isEqualTo(20);
                }));
        assertThat(rate().upperBound()).as("Wilson, 2 of 20").isCloseTo(0.3010, within(0.0001));
        compare(1, 5);
        assertThat(fixture.events(MismatchAlarm.class)).hasSize(1);
        assertThat(fixture.events(MismatchAlarmEnded.class)).isEmpty();

        fixture.eventuallyInTime(
                Duration.ofSeconds(1),
                () -> assertThat(fixture.events(MismatchAlarmEnded.class)).hasSize(1));
        assertThat(rate().mismatched()).isZero();
        assertThat(fixture.events(MismatchAlarm.class)).hasSize(1);

        compare(1, 20);
        ReadFixture.eventually(() -> assertThat(fixture.events(MismatchAlarm.class))
                .as("another episode")
                .hasSize(2));
    }
}
