package dev.crossfade.reads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.CallScope;
import dev.crossfade.event.MigrationEvent.ReadRepaired;
import dev.crossfade.testing.ReadFixture;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AbsenceTest {
    private final ReadFixture fixture = ReadFixture.notCopied(ReadFixture.defaults());

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void a_row_that_has_not_crossed_is_read_from_the_primary_and_repaired_once() {
        fixture.control.readNewPercent(100);
        assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).hasValueGreaterThanOrEqualTo(1);
        assertThat(fixture.events(ReadRepaired.class))
                .singleElement()
                .satisfies(event -> assertThat(event.key().key()).isEqualTo(1L));
        assertThat(fixture.count("crossfade.fallback", "reason", "absent")).isEqualTo(1);

        ReadFixture.eventually(() -> assertThat(fixture.next.rows).containsOnlyKeys(1L));
        ReadFixture.eventually(
                () -> assertThat(fixture.migration.status().ledger().dirty()).isZero());
        fixture.forget();
        assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).as("healed: the new side answers").hasValue(0);
        assertThat(fixture.events(ReadRepaired.class)).isEmpty();
    }

    @Test
    void a_row_that_neither_side_has_is_absent_and_marks_nothing() {
        fixture.control.readNewPercent(100);
        assertThat(fixture.catalog.findById(77)).isEmpty();
        assertThat(fixture.catalog.getById(77)).isNull();
        assertThat(fixture.legacy.reads).hasValue(2);
        assertThat(fixture.events(ReadRepaired.class)).isEmpty();
        assertThat(fixture.migration.status().ledger().dirty()).isZero();
    }

    @Test
    void before_the_copy_is_complete_only_single_rows_are_read_from_the_new_side() {
        fixture.control.readNewPercent(100);
        fixture.next.rows.putAll(fixture.legacy.rows);
        ReadFixture.as(CallScope.subject("alice"), () -> {
            fixture.catalog.findByCustomer(1);
            fixture.catalog.existsById(1);
            fixture.catalog.findAllById(List.of(1L, 2L));
            fixture.catalog.countByStatus("new");
            fixture.catalog.findMapByStatus("new");
            fixture.catalog.findByTenant("tenant", 1);
        });
        assertThat(fixture.legacy.reads).hasValue(6);
        assertThat(fixture.next.reads).hasValue(0);
        assertThat(fixture.count("crossfade.read.kept", "reason", "guarded")).isEqualTo(6);

        fixture.copy();
        fixture.forget();
        ReadFixture.as(CallScope.subject("alice"), () -> {
            fixture.catalog.findByCustomer(1);
            fixture.catalog.existsById(1);
            fixture.catalog.findAllById(List.of(1L, 2L));
        });
        assertThat(fixture.next.reads).hasValue(3);
        assertThat(fixture.legacy.reads).hasValue(0);
    }

    @Test
    void after_the_copy_an_absent_row_is_a_deleted_one() {
        fixture.copy();
        fixture.control.readNewPercent(100);
        fixture.catalog.deleteById(1);
        fixture.forget();
        assertThat(fixture.catalog.findById(1)).isEmpty();
        assertThat(fixture.legacy.reads).hasValue(0);
        assertThat(fixture.events(ReadRepaired.class)).isEmpty();
    }

    @Test
    void a_failing_listener_changes_neither_the_answer_nor_the_repair() {
        ReadFixture other = ReadFixture.notCopied(builder -> builder.listener(event -> {
            throw new AssertionError("simulated");
        }));
        try {
            other.control.readNewPercent(100).shadowPercent(100);
            assertThat(other.catalog.findById(1)).contains(ReadFixture.order(1));
            ReadFixture.eventually(() -> assertThat(other.next.rows).containsOnlyKeys(1L));
        } finally {
            other.close();
        }
    }
}
