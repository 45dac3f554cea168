package dev.crossfade.reads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.CallScope;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.routing.StickyBucket;
import dev.crossfade.testing.ReadFixture;
import java.util.BitSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RoutingTest {
    private static final int KEYS = 400;

    @ParameterizedTest
    @CsvSource({
        "LEGACY_PRIMARY, 0", "LEGACY_PRIMARY, 12.5", "LEGACY_PRIMARY, 50", "LEGACY_PRIMARY, 100",
        "NEW_PRIMARY, 0", "NEW_PRIMARY, 12.5", "NEW_PRIMARY, 50", "NEW_PRIMARY, 100"
    })
    void dial_gives_each_key_one_side_in_either_direction(Stage stage, double percent) {
        try (ReadFixture fixture = ReadFixture.in(stage, ReadFixture.defaults())) {
            fixture.control.readNewPercent(percent);
            for (long id = 1; id <= KEYS; id++) {
                Side expected = ReadFixture.isNew(id, percent) ? Side.NEW : Side.LEGACY;
                assertThat(sideOf(fixture, id)).isEqualTo(expected);
                assertThat(sideOf(fixture, id)).as("the same key again").isEqualTo(expected);
            }
            assertThat(fixture.migration.status().readNewPercent()).isEqualTo(percent);
            assertThat(fixture.migration.status().reads().values().stream().mapToLong(n -> n))
                    .satisfies(reads ->
                            assertThat(reads.stream().mapToLong(n -> n).sum()).isEqualTo(2L * KEYS));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LEGACY_PRIMARY", "NEW_PRIMARY"})
    void without_a_dial_the_primary_answers(Stage stage) {
        try (ReadFixture fixture = ReadFixture.in(stage, ReadFixture.defaults())) {
            for (long id = 1; id <= 50; id++) {
                assertThat(sideOf(fixture, id)).isEqualTo(stage.primary());
            }
        }
    }

    @Test
    void raising_the_dial_only_adds_keys_and_lowering_it_only_removes_them() {
        try (ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults())) {
            BitSet before = new BitSet();
            for (double percent : new double[] {0, 0.01, 1, 5, 12.5, 33.33, 50, 75, 99.99, 100}) {
                fixture.control.readNewPercent(percent);
                BitSet now = newKeys(fixture);
                BitSet lost = (BitSet) before.clone();
                lost.andNot(now);
                assertThat(lost.isEmpty()).as("keys lost at %s %%", percent).isTrue();
                before = now;
            }
            assertThat(before.cardinality()).isEqualTo(KEYS);
            fixture.control.readNewPercent(50);
            BitSet half = newKeys(fixture);
            half.andNot(before);
            assertThat(half.isEmpty()).isTrue();
        }
    }

    private static BitSet newKeys(ReadFixture fixture) {
        BitSet keys = new BitSet();
        LongStream.rangeClosed(1, KEYS)
                .filter(id -> sideOf(fixture, id) == Side.NEW)
                .forEach(id -> keys.set((int) id));
        return keys;
    }

    @Test
    void migrations_with_one_salt_send_the_same_keys_first_and_others_do_not() {
        try (ReadFixture one = ReadFixture.legacyPrimary(builder -> builder.salt("shared"));
                ReadFixture two = ReadFixture.legacyPrimary(builder -> builder.salt("shared"));
                ReadFixture own = ReadFixture.legacyPrimary(ReadFixture.defaults())) {
            one.control.readNewPercent(50);
            two.control.readNewPercent(50);
            own.control.readNewPercent(50);
            assertThat(newKeys(one)).isEqualTo(newKeys(two)).isNotEqualTo(newKeys(own));
        }
    }

    @Test
    void marked_argument_comes_before_the_subject_and_the_subject_before_the_key() {
        StickyBucket bucket = StickyBucket.salted(ReadFixture.NAME);
        try (ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults())) {
            fixture.control.readNewPercent(50);
            for (int i = 0; i < 60; i++) {
                String tenant = "tenant-" + i;
                String subject = "subject-" + i;
                long id = i + 1L;
                ReadFixture.as(CallScope.subject(subject), () -> {
                    fixture.forget();
                    fixture.catalog.findByTenant(tenant, 1);
                    assertThat(answered(fixture)).isEqualTo(bucket.of(tenant) < 5_000 ? Side.NEW : Side.LEGACY);
                    assertThat(sideOf(fixture, id)).isEqualTo(bucket.of(subject) < 5_000 ? Side.NEW : Side.LEGACY);
                    fixture.forget();
                    fixture.catalog.findByCustomer(1);
                    assertThat(answered(fixture)).isEqualTo(bucket.of(subject) < 5_000 ? Side.NEW : Side.LEGACY);
                });
                assertThat(sideOf(fixture, id)).isEqualTo(ReadFixture.isNew(id, 50) ? Side.NEW : Side.LEGACY);
            }
        }
    }

    @Test
    void without_any_routing_key_the_primary_answers_and_that_is_counted_apart() {
        try (ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults())) {
            fixture.control.readNewPercent(100);
            fixture.catalog.countByStatus("new");
            fixture.catalog.findByCustomer(1);
            assertThat(fixture.legacy.reads).hasValue(2);
            assertThat(fixture.next.reads).hasValue(0);
            assertThat(fixture.count("crossfade.read.kept", "reason", "no routing key"))
                    .isEqualTo(2);
            assertThat(fixture.count("crossfade.read.kept", "reason", "guarded"))
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LEGACY_PRIMARY", "NEW_PRIMARY"})
    void every_dial_and_the_kill_switch_take_effect_on_the_next_call(Stage stage) {
        try (ReadFixture fixture = ReadFixture.in(stage, ReadFixture.defaults())) {
            Side secondary = stage.primary().other();
            for (int round = 0; round < 3; round++) {
                fixture.control.readNewPercent(secondary == Side.NEW ? 100 : 0);
                assertThat(sideOf(fixture, 1)).isEqualTo(secondary);
                fixture.control.readsToPrimary(true);
                assertThat(sideOf(fixture, 1)).isEqualTo(stage.primary());
                fixture.control.shadowPercent(100);
                assertThat(sideOf(fixture, 1)).isEqualTo(stage.primary());
                assertThat(fixture.migration.status().shadowPercent()).isZero();
                assertThat(fixture.migration.status().readsToPrimary()).isTrue();
                fixture.control.shadowPercent(0).readsToPrimary(false);
                assertThat(sideOf(fixture, 1)).isEqualTo(secondary);
            }
        }
    }

    @Test
    void one_call_keeps_to_the_settings_that_it_began_with() {
        try (ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults())) {
            fixture.control.readNewPercent(100);
            fixture.next.onRead = (operation, normal) -> {
                fixture.control.readsToPrimary(true).shadowPercent(100);
                fixture.control.readsToPrimary(false);
                return normal.get();
            };
            assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
            assertThat(fixture.legacy.reads).as("no shadow read of this call").hasValue(0);
            fixture.next.heal();
            fixture.catalog.findById(2);
            assertThat(fixture.outcome()).isInstanceOf(dev.crossfade.compare.Comparison.Match.class);
            assertThat(fixture.legacy.reads).hasValue(1);
        }
    }

    @Test
    void a_closed_migration_reads_from_the_primary() {
        ReadFixture fixture = ReadFixture.legacyPrimary(builder -> {});
        fixture.control.readNewPercent(100).shadowPercent(100);
        fixture.close();
        fixture.forget();
        assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).hasValue(1);
        assertThat(fixture.next.reads).hasValue(0);
        assertThat(fixture.events).isEmpty();
    }

    private static Side sideOf(ReadFixture fixture, long id) {
        int legacy = fixture.legacy.reads.get();
        int next = fixture.next.reads.get();
        fixture.catalog.findById(id);
        boolean byLegacy = fixture.legacy.reads.get() == legacy + 1;
        boolean byNew = fixture.next.reads.get() == next + 1;
        assertThat(byLegacy).as("exactly one side is asked").isNotEqualTo(byNew);
        return byNew ? Side.NEW : Side.LEGACY;
    }

    private static Side answered(ReadFixture fixture) {
        assertThat(fixture.legacy.reads.get() + fixture.next.reads.get()).isEqualTo(1);
        return fixture.next.reads.get() == 1 ? Side.NEW : Side.LEGACY;
    }
}
