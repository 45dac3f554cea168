package dev.crossfade.reads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.CallScope;
import dev.crossfade.Side;
import dev.crossfade.event.MigrationEvent.ReadsFellBack;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.FakeCatalog.Script;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.ReadFixture;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FallbackTest {
    private ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults());

    @AfterEach
    void close() {
        fixture.close();
    }

    static Stream<Named<Script>> badSecondaries() {
        return Stream.of(
                Named.of("SQLException", FakeCatalog.failing(() -> new SQLException("simulated"))),
                Named.of(
                        "lost connection", FakeCatalog.failing(() -> new SQLTransientConnectionException("simulated"))),
                Named.of("IOException", FakeCatalog.failing(() -> new IOException("simulated"))),
                Named.of("RuntimeException", FakeCatalog.failing(() -> new IllegalStateException("simulated"))),
                Named.of("Error", FakeCatalog.failing(() -> new NoClassDefFoundError("simulated"))),
                Named.of("OutOfMemoryError", FakeCatalog.failing(() -> new OutOfMemoryError("simulated"))),
                Named.of("StackOverflowError", (operation, normal) -> overflow(1)),
                Named.of("null for an Optional", FakeCatalog.answering(null)),
                Named.of("another class", FakeCatalog.answering("garbage")),
                Named.of("another class in the Optional", FakeCatalog.answering(Optional.of("garbage"))));
    }

    @SuppressWarnings({"InfiniteRecursion", "UnusedVariable"})
    private static Object overflow(int depth) {
        return overflow(depth + 1) + "";
    }

    @ParameterizedTest
    @MethodSource("badSecondaries")
    void whatever_the_secondary_does_the_primary_answers_exactly_once(Script script) {
        fixture.control.readNewPercent(100);
        fixture.next.onRead = script;
        assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).hasValue(1);
        assertThat(fixture.next.reads).hasValue(1);
        assertThat(fixture.count("crossfade.fallback", "reason", "failed")).isEqualTo(1);
        assertThat(fixture.migration.status().fallbacks()).isEqualTo(1);
        assertThat(fixture.migration.status().reads())
                .as("only the primary has answered")
                .containsEntry(Side.LEGACY, 1L)
                .containsEntry(Side.NEW, 0L);
    }

    @ParameterizedTest
    @MethodSource("badSecondaries")
    void the_caller_gets_the_very_exception_of_the_primary(Script script) {
        IllegalStateException own = new IllegalStateException(new SQLException("of the primary", "42000"));
        fixture.control.readNewPercent(100);
        fixture.next.onRead = script;
        fixture.legacy.onRead = FakeCatalog.failing(() -> own);
        assertThatThrownBy(() -> fixture.catalog.findById(1)).isSameAs(own);
        assertThat(own.getSuppressed()).isEmpty();
        assertThat(fixture.legacy.reads).hasValue(1);
    }

    @Test
    void null_for_a_collection_a_map_an_array_or_a_number_is_no_answer() {
        fixture.control.readNewPercent(100);
        fixture.next.onRead = FakeCatalog.answering(null);
        ReadFixture.as(CallScope.subject("alice"), () -> {
            assertThat(fixture.catalog.findByCustomer(1)).hasSize(3);
            assertThat(fixture.catalog.findMapByStatus("new")).hasSize(9);
            assertThat(fixture.catalog.open(new long[] {1})).hasSize(3);
            assertThat(fixture.catalog.countByStatus("new")).isEqualTo(9);
            assertThat(fixture.catalog.streamByStatus("new")).hasSize(9);
        });
        assertThat(fixture.catalog.existsById(1)).isTrue();
        assertThat(fixture.catalog.findAllById(List.of(1L))).hasSize(1);
        assertThat(fixture.legacy.reads).hasValue(7);
    }

    @Test
    void null_for_an_entity_is_an_answer_once_all_rows_have_crossed() {
        fixture.control.readNewPercent(100);
        assertThat(fixture.catalog.getById(77)).isNull();
        assertThat(fixture.catalog.getById(1)).isEqualTo(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).hasValue(0);
    }

    @Test
    void an_answer_of_the_primary_is_not_compared_as_if_the_secondary_had_given_it() {
        fixture.control.readNewPercent(100).shadowPercent(100);
        fixture.next.onRead = FakeCatalog.failing(() -> new SQLException("simulated"));
        assertThat(fixture.catalog.findById(1)).isPresent();
        fixture.next.heal();
        assertThat(fixture.catalog.findById(2)).isPresent();
        fixture.outcome();
        assertThat(fixture.hasNoOutcome()).isTrue();
        assertThat(fixture.legacy.reads).as("one fallback, one shadow read").hasValue(2);
        assertThat(fixture.migration.status().shadowReads().matched()).isEqualTo(1);
    }

    @Test
    void a_secondary_that_hangs_is_given_up_at_the_deadline_and_interrupted() {
        reopen(Duration.ofMillis(100));
        fixture.control.readNewPercent(100);
        AtomicBoolean interrupted = new AtomicBoolean();
        fixture.next.onRead = (operation, normal) -> {
            try {
                fixture.hang.await();
                return normal.get();
            } catch (InterruptedException asked) {
                interrupted.set(true);
                throw asked;
            }
        };
        CompletableFuture<Optional<Order>> read = CompletableFuture.supplyAsync(() -> fixture.catalog.findById(1));
        fixture.eventuallyInTime(Duration.ofMillis(50), () -> assertThat(read).isDone());
        assertThat(read.join()).contains(ReadFixture.order(1));
        assertThat(fixture.legacy.reads).hasValue(1);
        fixture.eventuallyInTime(
                Duration.ofMillis(50), () -> assertThat(interrupted).isTrue());
        fixture.next.heal();
        assertThat(fixture.catalog.findById(2)).contains(ReadFixture.order(2));
        assertThat(fixture.legacy.reads).as("the lane has survived").hasValue(1);
    }

    @Test
    void reads_that_nobody_waits_for_any_more_are_not_begun() {
        reopen(Duration.ofMillis(100));
        fixture.control.readNewPercent(100);
        fixture.next.onRead = (operation, normal) -> {
            boolean over = false;
            while (!over) {
                try {
                    fixture.hang.await();
                    over = true;
                } catch (InterruptedException ignored) {
                    // A driver that ignores interrupts.
                }
            }
            return normal.get();
        };
        List<CompletableFuture<Optional<Order>>> reads = Stream.of(1L, 2L, 3L)
                .map(id -> CompletableFuture.supplyAsync(() -> fixture.catalog.findById(id)))
                .toList();
        fixture.eventuallyInTime(
                Duration.ofMillis(50),
                () -> assertThat(reads).allSatisfy(read -> assertThat(read).isDone()));
        assertThat(fixture.legacy.reads).hasValue(3);
        int begun = fixture.next.reads.get();
        fixture.hang.countDown();
        fixture.next.heal();
        assertThat(fixture.catalog.findById(4)).isPresent();
        assertThat(fixture.next.reads).as("one thread, one read begun before").hasValue(begun + 1);
        assertThat(begun).isEqualTo(1);
    }

    private void reopen(Duration deadline) {
        fixture.close();
        fixture = ReadFixture.legacyPrimary(
                builder -> builder.reads(reads -> reads.deadline(deadline).threads(1)));
    }

    private long answered() {
        return fixture.migration.status().reads().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void an_interrupted_caller_gets_the_primarys_answer_keeps_the_flag_and_opens_no_breaker() throws Exception {
        reopen(Duration.ofHours(1));
        fixture.control.readNewPercent(100);
        long answeredBefore = answered();
        for (int i = 0; i < 20; i++) {
            Thread.currentThread().interrupt();
            assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
            assertThat(Thread.interrupted()).as("the flag is still set").isTrue();
        }
        assertThat(answered() - answeredBefore)
                .as("each call once, by the primary or by a secondary that was quicker than the interrupt")
                .isEqualTo(20);
        // Soon, when the lane has thrown away what nobody waits for; an open breaker would stay open in halted time.
        ReadFixture.eventually(() -> {
            fixture.legacy.reads.set(0);
            assertThat(fixture.catalog.findById(1)).isPresent();
            assertThat(fixture.legacy.reads)
                    .as("the secondary is trusted as before")
                    .hasValue(0);
        });
        assertThat(fixture.events(ReadsFellBack.class)).isEmpty();
    }

    @Test
    void an_unreachable_secondary_is_left_alone_and_tried_again_after_a_pause() {
        fixture.control.readNewPercent(100);
        fixture.next.onRead = FakeCatalog.failing(() -> new SQLTransientConnectionException("simulated"));
        readTimes(20);
        assertThat(fixture.next.reads).as("five failures open the breaker").hasValue(5);
        assertThat(fixture.legacy.reads).hasValue(20);
        assertThat(fixture.events(ReadsFellBack.class)).singleElement().satisfies(event -> {
            assertThat(event.from()).isEqualTo(Side.NEW);
            assertThat(event.failure().type()).isEqualTo(SQLTransientConnectionException.class.getName());
        });

        fixture.platform.advance(Duration.ofMillis(501));
        readTimes(20);
        assertThat(fixture.next.reads).as("one probe in a pause").hasValue(6);

        fixture.next.heal();
        readTimes(20);
        assertThat(fixture.next.reads).hasValue(6);
        fixture.platform.advance(Duration.ofMillis(501));
        readTimes(20);
        assertThat(fixture.next.reads).as("the first success closes it").hasValue(26);
        assertThat(fixture.events(ReadsFellBack.class)).hasSize(1);
    }

    @Test
    void a_read_that_may_not_ask_the_secondary_does_not_use_up_its_probe() {
        fixture.next.onWrite = FakeCatalog.failing(() -> new SQLException("simulated"));
        fixture.catalog.changeStatus(3, "paid");
        fixture.control.readNewPercent(100).shadowPercent(100);
        fixture.next.onRead = FakeCatalog.failing(() -> new SQLTransientConnectionException("simulated"));
        fixture.control.shadowPercent(0);
        readTimes(5);
        fixture.next.onRead = (operation, normal) -> normal.get();
        fixture.platform.advance(Duration.ofMillis(501));
        fixture.next.reads.set(0);
        for (int i = 0; i < 10; i++) {
            fixture.catalog.findById(3);
        }
        assertThat(fixture.next.reads).as("a dirty key").hasValue(0);
        fixture.catalog.findById(1);
        assertThat(fixture.next.reads).hasValue(1);
    }

    @Test
    void refused_reads_fall_back_one_by_one_and_open_no_breaker() {
        fixture.control.readNewPercent(100);
        fixture.next.onRead = FakeCatalog.failing(() -> new SQLException("simulated", "42000"));
        readTimes(20);
        assertThat(fixture.next.reads).hasValue(20);
        assertThat(fixture.legacy.reads).hasValue(20);
        assertThat(fixture.events(ReadsFellBack.class)).isEmpty();
        assertThat(Map.of("fallbacks", fixture.migration.status().fallbacks())).containsEntry("fallbacks", 20L);
    }

    private void readTimes(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
        }
    }
}
