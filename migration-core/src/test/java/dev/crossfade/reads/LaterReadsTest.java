package dev.crossfade.reads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.Side;
import dev.crossfade.compare.Comparison;
import dev.crossfade.event.MigrationEvent.ReadRepaired;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.ReadFixture;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LaterReadsTest {
    private ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults());

    @AfterEach
    void close() {
        MDC.clear();
        fixture.close();
    }

    private Optional<Order> load(long id) {
        return fixture.catalog.loadById(id).toCompletableFuture().join();
    }

    @Test
    void a_stage_of_the_primary_reaches_the_caller_as_it_is() {
        CompletableFuture<Optional<Order>> own = new CompletableFuture<>();
        fixture.legacy.onRead = FakeCatalog.answering(own);
        assertThat(fixture.catalog.loadById(1)).isSameAs(own);
    }

    @Test
    void a_stage_of_the_secondary_answers_and_is_counted_when_it_is_done() {
        fixture.control.readNewPercent(100);
        CompletableFuture<Optional<Order>> pending = new CompletableFuture<>();
        fixture.next.onRead = FakeCatalog.answering(pending);
        CompletionStage<Optional<Order>> answer = fixture.catalog.loadById(1);
        assertThat(answer.toCompletableFuture()).isNotDone();
        assertThat(fixture.migration.status().reads()).containsEntry(Side.NEW, 0L);
        pending.complete(Optional.of(ReadFixture.order(1)));
        assertThat(answer.toCompletableFuture().join()).contains(ReadFixture.order(1));
        assertThat(fixture.migration.status().reads()).containsEntry(Side.NEW, 1L);
        assertThat(fixture.legacy.reads).hasValue(0);
    }

    @Test
    void whatever_stage_the_secondary_returns_the_primary_answers_exactly_once() {
        fixture.control.readNewPercent(100);
        Object[] bad = {
            CompletableFuture.failedFuture(new SQLException("simulated")),
            CompletableFuture.failedFuture(new NoClassDefFoundError("simulated")),
            CompletableFuture.completedFuture(null),
            CompletableFuture.completedFuture("garbage"),
            CompletableFuture.completedFuture(Optional.of("garbage")),
            "garbage"
        };
        for (Object stage : bad) {
            fixture.forget();
            fixture.next.onRead = FakeCatalog.answering(stage);
            assertThat(load(1)).as("%s", stage).contains(ReadFixture.order(1));
            assertThat(fixture.legacy.reads).hasValue(1);
        }
        fixture.forget();
        fixture.next.onRead = FakeCatalog.answering(null);
        assertThat(load(1)).contains(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).hasValue(1);
    }

    @Test
    void the_primarys_failure_is_the_callers() {
        SQLException own = new SQLException("of the primary");
        fixture.control.readNewPercent(100);
        fixture.next.onRead = FakeCatalog.answering(CompletableFuture.failedFuture(new SQLException("simulated")));
        fixture.legacy.onRead = FakeCatalog.answering(CompletableFuture.failedFuture(own));
        assertThatThrownBy(
                        () -> fixture.catalog.loadById(1).toCompletableFuture().get())
                .cause()
                .isSameAs(own);
        assertThat(fixture.legacy.reads).hasValue(1);
    }

    @Test
    void a_stage_that_knows_no_completable_future_works_with_a_deadline() {
        fixture.close();
        fixture = ReadFixture.legacyPrimary(builder -> builder.reads(reads -> reads.deadline(Duration.ofMinutes(1))));
        fixture.control.readNewPercent(100);
        fixture.next.onRead =
                (operation, normal) -> CompletableFuture.completedStage(Optional.of(ReadFixture.order(1)));
        assertThat(load(1)).contains(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).hasValue(0);
    }

    @Test
    void a_stage_that_never_completes_is_given_up_at_the_deadline() {
        fixture.close();
        fixture = ReadFixture.legacyPrimary(builder -> builder.reads(reads -> reads.deadline(Duration.ofMillis(30))));
        fixture.control.readNewPercent(100);
        fixture.next.onRead = FakeCatalog.answering(new CompletableFuture<Optional<Order>>());
        assertThat(load(1)).contains(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).hasValue(1);
        assertThat(fixture.migration.status().fallbacks()).isEqualTo(1);
    }

    @Test
    void a_row_that_has_not_crossed_is_repaired() {
        fixture.close();
        fixture = ReadFixture.notCopied(ReadFixture.defaults());
        fixture.control.readNewPercent(100);
        assertThat(load(1)).contains(ReadFixture.order(1));
        assertThat(fixture.events(ReadRepaired.class)).hasSize(1);
        ReadFixture.eventually(() -> assertThat(fixture.next.rows).containsOnlyKeys(1L));
    }

    @Test
    void a_shadow_read_carries_what_the_caller_had_not_what_the_completing_thread_has() throws Exception {
        fixture.close();
        fixture = ReadFixture.legacyPrimary(
                builder -> builder.shadowReads(shadow -> shadow.carry(dev.crossfade.spi.ContextCarrier.mdc())));
        fixture.control.shadowPercent(100);
        CompletableFuture<Optional<Order>> pending = new CompletableFuture<>();
        AtomicReference<@Nullable String> seen = new AtomicReference<>();
        fixture.legacy.onRead = FakeCatalog.answering(pending);
        fixture.next.onRead = (operation, normal) -> {
            seen.set(MDC.get("request"));
            return normal.get();
        };
        MDC.put("request", "of the caller");
        CompletionStage<Optional<Order>> answer = fixture.catalog.loadById(1);
        assertThat(fixture.next.reads).as("not before the answer is there").hasValue(0);
        Thread completing = new Thread(() -> {
            MDC.put("request", "of another thread");
            pending.complete(Optional.of(ReadFixture.order(1)));
        });
        completing.start();
        completing.join();
        assertThat(answer.toCompletableFuture().join()).isPresent();
        assertThat(fixture.outcome()).isInstanceOf(Comparison.Match.class);
        assertThat(seen).hasValue("of the caller");
    }

    @Test
    void an_answer_that_fails_later_is_not_compared() {
        fixture.control.shadowPercent(100);
        fixture.legacy.onRead = FakeCatalog.answering(CompletableFuture.failedFuture(new SQLException("simulated")));
        assertThat(fixture.catalog.loadById(1).toCompletableFuture()).isCompletedExceptionally();
        fixture.control.readNewPercent(100);
        fixture.legacy.heal();
        fixture.next.onRead = FakeCatalog.answering(CompletableFuture.failedFuture(new SQLException("simulated")));
        assertThat(load(1)).isPresent();
        assertThat(fixture.hasNoOutcome()).isTrue();
        assertThat(fixture.legacy.reads).hasValue(2);
    }
}
