package dev.crossfade.reads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.MigrationBuilder;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.ReadFixture;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StaleReadsTest {
    private final IllegalStateException unreachable =
            new IllegalStateException(new SQLTransientConnectionException("simulated"));

    private static void asked(MigrationBuilder builder) {
        builder.reads(reads -> reads.staleFromLegacy(true));
    }

    @Test
    void legacy_does_not_answer_for_a_new_primary_unless_that_was_asked_for() {
        try (ReadFixture fixture = ReadFixture.newPrimary(ReadFixture.defaults())) {
            fixture.next.onRead = FakeCatalog.failing(() -> unreachable);
            assertThatThrownBy(() -> fixture.catalog.findById(1)).isSameAs(unreachable);
            assertThat(fixture.legacy.reads).hasValue(0);
        }
    }

    @Test
    void legacy_answers_for_an_unreachable_new_primary_if_that_was_asked_for() {
        try (ReadFixture fixture = ReadFixture.newPrimary(StaleReadsTest::asked)) {
            fixture.control.shadowPercent(100);
            fixture.next.onRead = FakeCatalog.failing(() -> unreachable);
            assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
            assertThat(fixture.next.reads).hasValue(1);
            assertThat(fixture.legacy.reads).hasValue(1);
            assertThat(fixture.count("crossfade.fallback", "reason", "stale")).isEqualTo(1);
            assertThat(fixture.migration.status().reads()).containsEntry(Side.NEW, 0L);
            assertThat(fixture.hasNoOutcome())
                    .as("no comparison of legacy with itself")
                    .isTrue();
        }
    }

    @Test
    void a_refusal_of_the_new_primary_is_the_callers() {
        IllegalStateException refused = new IllegalStateException(new SQLException("simulated", "42000"));
        try (ReadFixture fixture = ReadFixture.newPrimary(StaleReadsTest::asked)) {
            fixture.next.onRead = FakeCatalog.failing(() -> refused);
            assertThatThrownBy(() -> fixture.catalog.findById(1)).isSameAs(refused);
            assertThat(fixture.legacy.reads).hasValue(0);
        }
    }

    @Test
    void where_legacy_fails_too_the_caller_hears_of_the_primary() {
        try (ReadFixture fixture = ReadFixture.newPrimary(StaleReadsTest::asked)) {
            fixture.next.onRead = FakeCatalog.failing(() -> unreachable);
            fixture.legacy.onRead = FakeCatalog.failing(() -> new SQLException("of legacy"));
            assertThatThrownBy(() -> fixture.catalog.findById(1)).isSameAs(unreachable);
            assertThat(fixture.count("crossfade.fallback", "reason", "stale")).isZero();
        }
    }

    @Test
    void inside_a_transaction_no_answer_is_stale() {
        try (ReadFixture fixture = ReadFixture.newPrimary(StaleReadsTest::asked)) {
            fixture.next.onRead = FakeCatalog.failing(() -> unreachable);
            assertThatThrownBy(() -> fixture.migration.inTransaction(() -> fixture.catalog.findById(1)))
                    .isSameAs(unreachable);
            assertThat(fixture.legacy.reads).hasValue(0);
        }
    }

    @Test
    void in_legacy_primary_the_option_changes_nothing() {
        try (ReadFixture fixture = ReadFixture.in(Stage.LEGACY_PRIMARY, StaleReadsTest::asked)) {
            fixture.legacy.onRead = FakeCatalog.failing(() -> unreachable);
            assertThatThrownBy(() -> fixture.catalog.findById(1)).isSameAs(unreachable);
            assertThat(fixture.next.reads).hasValue(0);
        }
    }

    @Test
    void a_read_that_fails_later_may_be_answered_by_legacy_as_well() {
        try (ReadFixture fixture = ReadFixture.newPrimary(StaleReadsTest::asked)) {
            fixture.next.onRead = FakeCatalog.answering(CompletableFuture.failedFuture(unreachable));
            assertThat(fixture.catalog.loadById(1).toCompletableFuture().join()).contains(ReadFixture.order(1));
            fixture.legacy.onRead = FakeCatalog.answering(CompletableFuture.failedFuture(new SQLException("legacy")));
            assertThatThrownBy(() ->
                            fixture.catalog.loadById(1).toCompletableFuture().get())
                    .cause()
                    .isSameAs(unreachable);
        }
    }
}
