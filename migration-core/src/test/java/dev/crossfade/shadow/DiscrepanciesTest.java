package dev.crossfade.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.Discrepancies.Outcome;
import dev.crossfade.MigrationException;
import dev.crossfade.RepairOptions;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.Discrepancy.State;
import dev.crossfade.spi.DiscrepancySink.Summary;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.ReadFixture;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiscrepanciesTest {
    private final ReadFixture fixture = ReadFixture.legacyPrimary(builder -> {});

    DiscrepanciesTest() {
        fixture.control.shadowPercent(100);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Discrepancy found(long id) {
        fixture.catalog.findById(id);
        ReadFixture.eventually(
                () -> assertThat(fixture.migration.discrepancies().open(10)).hasSize(1));
        return fixture.migration.discrepancies().open(10).get(0);
    }

    @Test
    void a_confirmed_mismatch_is_recorded_by_key_and_resolved_by_the_refresh_that_a_repair_asks_for() {
        fixture.next.rows.put(1L, new Order(1L, 1, "lost", null));
        Discrepancy one = found(1);
        assertThat(one.kind()).isEqualTo(Kind.DIFFERENT);
        assertThat(one.finding().foundBy()).isEqualTo("shadow read findById");
        assertThat(one.finding().fields()).singleElement().satisfies(field -> {
            assertThat(field.path()).isEqualTo("status");
            assertThat(field.primaryValue()).isNull();
        });

        assertThat(fixture.migration.discrepancies().repair(List.of(one), ReadFixture.ALICE))
                .isEqualTo(new Outcome(0, 1, 0, 0, null));
        ReadFixture.eventually(
                () -> assertThat(fixture.migration.discrepancies().summary()).isEqualTo(new Summary(0, 0, 0)));
        assertThat(fixture.next.rows.get(1L)).isEqualTo(fixture.legacy.rows.get(1L));
        assertThat(fixture.migration.discrepancies().list(State.RESOLVED, 10)).hasSize(1);
    }

    @Test
    void a_row_that_only_the_secondary_has_is_left_by_a_repair_and_deleted_on_demand() {
        fixture.next.rows.put(4711L, new Order(4711L, 1, "extra", null));
        Discrepancy extra = found(4711);
        assertThat(extra.kind()).isEqualTo(Kind.MISSING_IN_LEGACY);
        assertThat(extra.finding().fields()).isEmpty();

        assertThat(fixture.migration.discrepancies().repair(List.of(extra), ReadFixture.ALICE))
                .isEqualTo(new Outcome(0, 0, 1, 0, null));
        assertThat(fixture.next.rows).containsKey(4711L);
        assertThat(fixture.migration
                        .discrepancies()
                        .repair(List.of(extra), RepairOptions.DEFAULT.withMaxDeletes(1), ReadFixture.ALICE))
                .isEqualTo(new Outcome(0, 1, 0, 0, null));
        ReadFixture.eventually(() -> assertThat(fixture.next.rows).doesNotContainKey(4711L));
    }

    @Test
    void a_difference_that_is_gone_is_resolved_and_nothing_is_refreshed() {
        Order before = fixture.next.rows.put(1L, new Order(1L, 1, "lost", null));
        Discrepancy one = found(1);
        assertThat(fixture.migration.discrepancies().recheck(List.of(one), ReadFixture.ALICE))
                .isEqualTo(new Outcome(0, 0, 1, 0, null));

        fixture.next.rows.put(1L, java.util.Objects.requireNonNull(before));
        assertThat(fixture.migration.discrepancies().repair(List.of(one), ReadFixture.ALICE))
                .isEqualTo(new Outcome(1, 0, 0, 0, null));
    }

    @Test
    void an_accepted_difference_blocks_nothing_and_one_found_anew_since_is_not_accepted() {
        fixture.next.rows.put(1L, new Order(1L, 1, "lost", null));
        Discrepancy one = found(1);
        fixture.catalog.changeStatus(1, "paid");
        ReadFixture.eventually(
                () -> assertThat(fixture.migration.discrepancies().open(10)).isEmpty());
        assertThat(fixture.migration.discrepancies().accept(List.of(one), ReadFixture.ALICE))
                .isZero();

        fixture.next.rows.put(2L, new Order(2L, 1, "lost", null));
        Discrepancy other = found(2);
        assertThat(fixture.migration.discrepancies().accept(List.of(other), ReadFixture.ALICE))
                .isOne();
        assertThat(fixture.migration.discrepancies().summary()).isEqualTo(new Summary(0, 1, 0));
    }

    @Test
    void a_closed_migration_decides_nothing() {
        fixture.close();
        assertThatThrownBy(() -> fixture.migration.discrepancies().open(1)).isInstanceOf(MigrationException.class);
    }
}
