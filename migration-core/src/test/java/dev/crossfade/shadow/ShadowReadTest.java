package dev.crossfade.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Side;
import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Mismatch;
import dev.crossfade.compare.Comparison.PrimaryFailed;
import dev.crossfade.compare.Comparison.Reason;
import dev.crossfade.compare.Comparison.SecondaryFailed;
import dev.crossfade.compare.Comparison.Skipped;
import dev.crossfade.event.MigrationEvent.Compared;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.ReadFixture;
import java.sql.SQLException;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShadowReadTest {
    private ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults());

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Comparison skipped(Reason reason) {
        return new Skipped(reason);
    }

    @Test
    void the_caller_has_its_answer_while_the_shadow_read_hangs() {
        fixture.control.shadowPercent(100);
        fixture.next.onRead = fixture.hanging();
        assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        assertThat(fixture.hasNoOutcome()).isTrue();
        fixture.hang.countDown();
        assertThat(fixture.outcome()).isEqualTo(new Match());
    }

    @Test
    void a_failing_shadow_read_never_reaches_the_caller() {
        fixture.control.shadowPercent(100);
        fixture.next.onRead = FakeCatalog.failing(() -> new SQLException("simulated", "42000"));
        assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        assertThat(fixture.outcome())
                .isInstanceOfSatisfying(
                        SecondaryFailed.class,
                        outcome -> assertThat(outcome.failure().sqlState()).isEqualTo("42000"));
        fixture.next.onRead = FakeCatalog.failing(() -> new NoClassDefFoundError("simulated"));
        assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        assertThat(fixture.outcome()).isInstanceOf(SecondaryFailed.class);
        assertThat(fixture.migration.status().shadowReads().secondaryFailed()).isEqualTo(2);
        assertThat(fixture.legacy.reads)
                .as("the primary is asked once per call")
                .hasValue(2);
    }

    @Test
    void a_shadow_read_of_the_primary_follows_an_answer_of_the_secondary() {
        fixture.control.readNewPercent(100).shadowPercent(100);
        assertThat(fixture.catalog.findById(1)).isPresent();
        assertThat(fixture.outcome()).isEqualTo(new Match());
        assertThat(fixture.legacy.reads).hasValue(1);
        assertThat(fixture.next.reads).hasValue(1);
        fixture.legacy.onRead = FakeCatalog.failing(() -> new SQLException("simulated"));
        assertThat(fixture.catalog.findById(1)).isPresent();
        assertThat(fixture.outcome()).isInstanceOf(PrimaryFailed.class);
        assertThat(fixture.migration.status().reads())
                .as("shadow reads are no reads of the service")
                .containsEntry(Side.LEGACY, 0L)
                .containsEntry(Side.NEW, 2L);
    }

    @ParameterizedTest
    @EnumSource(names = {"LEGACY_PRIMARY", "NEW_PRIMARY"})
    void differences_are_told_from_primary_to_secondary_whoever_answered(dev.crossfade.control.Stage stage) {
        try (ReadFixture other = ReadFixture.in(stage, ReadFixture.defaults())) {
            FakeCatalog secondary = other.on(stage.primary().other());
            secondary.rows.put(1L, new Order(1L, 1, "new", "a note"));
            other.control.shadowPercent(100);
            for (double percent : new double[] {0, 100}) {
                other.control.readNewPercent(percent);
                other.catalog.findById(1);
                assertThat(other.outcome())
                        .isInstanceOfSatisfying(
                                Mismatch.class,
                                mismatch -> assertThat(mismatch.differences())
                                        .singleElement()
                                        .satisfies(difference -> {
                                            assertThat(difference.path()).isEqualTo("note");
                                            assertThat(difference.kind().name()).isEqualTo("NULL_VS_VALUE");
                                        }));
            }
        }
    }

    @Test
    void sampling_decides_before_anything_is_read_twice() {
        for (int i = 0; i < 200; i++) {
            fixture.catalog.findById(1);
        }
        assertThat(fixture.next.reads).hasValue(0);
        fixture.control.shadowPercent(10);
        for (int i = 0; i < 2_000; i++) {
            fixture.catalog.findById(77);
        }
        long outcomes = fixture.events(Compared.class).size();
        ReadFixture.eventually(() -> assertThat(fixture.events(Compared.class)).hasSizeBetween(120, 290));
        ReadFixture.eventually(() -> assertThat(fixture.next.reads.get())
                .isLessThanOrEqualTo(fixture.events(Compared.class).size()));
        assertThat(outcomes).isLessThan(290);
    }

    @Test
    void a_comparator_that_throws_is_an_outcome_and_nothing_else() {
        reopen(r -> r.field("status", (String a, String b) -> {
            throw new AssertionError("simulated");
        }));
        fixture.next.rows.put(1L, ReadFixture.order(1).withStatus("paid"));
        assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        assertThat(fixture.outcome()).isEqualTo(skipped(Reason.COMPARISON_FAILED));
    }

    @Test
    void an_equality_that_overflows_the_stack_is_an_outcome_and_the_lane_goes_on() {
        reopen(r -> r.field("status", (String a, String b) -> endless(a, b)));
        fixture.next.rows.put(1L, ReadFixture.order(1).withStatus("paid"));
        for (int i = 0; i < 5; i++) {
            assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
            assertThat(fixture.outcome()).isEqualTo(skipped(Reason.COMPARISON_FAILED));
        }
    }

    @SuppressWarnings("InfiniteRecursion")
    private static boolean endless(String a, String b) {
        return !endless(b, a);
    }

    private void reopen(java.util.function.Consumer<dev.crossfade.compare.ComparisonRules.Builder> rules) {
        fixture.close();
        fixture = ReadFixture.comparing(rules);
        fixture.control.shadowPercent(100);
    }

    @Test
    void a_result_with_a_million_rows_is_neither_read_again_nor_looked_into() {
        AtomicInteger looked = new AtomicInteger();
        Order one = ReadFixture.order(1);
        List<Order> million = new AbstractList<>() {
            @Override
            public Order get(int index) {
                looked.incrementAndGet();
                return one;
            }

            @Override
            public int size() {
                return 1_000_000;
            }
        };
        fixture.control.shadowPercent(100);
        fixture.legacy.onRead = FakeCatalog.answering(million);
        assertThat(fixture.catalog.findByCustomer(1)).isSameAs(million);
        assertThat(fixture.outcome()).isEqualTo(skipped(Reason.TOO_LARGE));
        assertThat(fixture.next.reads).hasValue(0);
        assertThat(looked).hasValue(0);

        fixture.legacy.onRead = FakeCatalog.answering(new Order[1_000_000]);
        fixture.catalog.open(new long[] {1});
        assertThat(fixture.outcome()).isEqualTo(skipped(Reason.TOO_LARGE));
        assertThat(fixture.next.reads).as("nor for an array").hasValue(0);
    }

    @Test
    void a_million_rows_of_the_secondary_alone_are_not_looked_into() {
        AtomicInteger looked = new AtomicInteger();
        fixture.control.shadowPercent(100);
        fixture.next.onRead = FakeCatalog.answering(new AbstractList<Order>() {
            @Override
            public Order get(int index) {
                looked.incrementAndGet();
                return ReadFixture.order(1);
            }

            @Override
            public int size() {
                return 1_000_000;
            }
        });
        assertThat(fixture.catalog.findByCustomer(1)).hasSize(3);
        assertThat(fixture.outcome()).isEqualTo(skipped(Reason.TOO_LARGE));
        assertThat(looked).hasValue(0);
    }

    @Test
    void a_collection_that_fails_when_asked_for_its_size_still_reaches_the_caller() {
        List<Order> lazy = new AbstractList<>() {
            @Override
            public Order get(int index) {
                throw new IllegalStateException("session closed");
            }

            @Override
            public int size() {
                throw new IllegalStateException("session closed");
            }
        };
        fixture.control.shadowPercent(100);
        fixture.legacy.onRead = FakeCatalog.answering(lazy);
        assertThat(fixture.catalog.findByCustomer(1) == lazy).isTrue();
        assertThat(fixture.outcome()).isEqualTo(skipped(Reason.COMPARISON_FAILED));
    }

    @Test
    void streams_are_routed_and_not_compared() {
        fixture.control.shadowPercent(100);
        assertThat(fixture.catalog.streamByStatus("new")).hasSize(9);
        assertThat(fixture.outcome()).isEqualTo(skipped(Reason.NOT_COMPARABLE));
        assertThat(fixture.next.reads).hasValue(0);
    }

    @Test
    void a_result_that_the_caller_changes_at_once_is_no_mismatch() {
        fixture.control.shadowPercent(100);
        fixture.next.onRead = fixture.hanging();
        List<Order> own = new java.util.ArrayList<>(List.of(ReadFixture.order(1), ReadFixture.order(4)));
        own.add(ReadFixture.order(7));
        fixture.legacy.onRead = (operation, normal) -> {
            fixture.legacy.heal();
            return own;
        };
        fixture.catalog.findByCustomer(1).clear();
        fixture.hang.countDown();
        assertThat(fixture.outcome()).isNotInstanceOf(Mismatch.class);
    }
}
