package dev.crossfade.reads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.crossfade.CallScope;
import dev.crossfade.WriteToken;
import dev.crossfade.spi.Version;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.ReadFixture;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadGuardsTest {
    private static final CallScope ALICE = CallScope.subject("alice");
    private static final CallScope BOB = CallScope.subject("bob");

    private final ReadFixture fixture = ReadFixture.legacyPrimary(
            builder -> builder.relay(relay -> relay.inlineWait(Duration.ZERO).maxAttempts(3)));
    private final CountDownLatch secondaryHangs = new CountDownLatch(1);

    @AfterEach
    void close() {
        secondaryHangs.countDown();
        fixture.close();
    }

    /** Alice writes order 1 while the secondary takes no write. */
    private void aliceWritesIntoTheVoid() {
        fixture.control.readNewPercent(100);
        CountDownLatch begun = new CountDownLatch(1);
        fixture.next.onWrite = (operation, normal) -> {
            begun.countDown();
            secondaryHangs.await();
            return normal.get();
        };
        ReadFixture.as(ALICE, () -> fixture.catalog.changeStatus(1, "paid"));
        // The refresh has read the primary then, and reads counted from here on are the callers'.
        ReadFixture.eventually(() -> assertThat(begun.getCount()).isZero());
        fixture.forget();
    }

    private void secondaryCatchesUp() {
        secondaryHangs.countDown();
        ReadFixture.eventually(
                () -> assertThat(fixture.migration.status().ledger().dirty()).isZero());
        fixture.forget();
    }

    private void assertAnswered(int byLegacy, int byNew) {
        assertThat(fixture.legacy.reads).hasValue(byLegacy);
        assertThat(fixture.next.reads).hasValue(byNew);
        fixture.forget();
    }

    @Test
    void reads_of_a_dirty_key_go_to_the_primary_and_those_of_clean_keys_do_not() {
        aliceWritesIntoTheVoid();
        assertThat(fixture.catalog.findById(1))
                .hasValueSatisfying(order -> assertThat(order.status()).isEqualTo("paid"));
        fixture.catalog.existsById(1);
        ReadFixture.as(BOB, () -> fixture.catalog.findAllById(List.of(2L, 1L)));
        assertAnswered(3, 0);
        fixture.catalog.findById(2);
        ReadFixture.as(BOB, () -> fixture.catalog.findAllById(List.of(2L, 3L)));
        assertAnswered(0, 2);

        secondaryCatchesUp();
        assertThat(fixture.catalog.findById(1))
                .hasValueSatisfying(order -> assertThat(order.status()).isEqualTo("paid"));
        assertAnswered(0, 1);
    }

    @Test
    void queries_of_a_subject_see_what_it_wrote() {
        aliceWritesIntoTheVoid();
        ReadFixture.as(
                ALICE, () -> assertThat(fixture.catalog.countByStatus("paid")).isEqualTo(1));
        assertAnswered(1, 0);
        ReadFixture.as(BOB, () -> fixture.catalog.countByStatus("paid"));
        assertAnswered(0, 1);

        secondaryCatchesUp();
        ReadFixture.as(
                ALICE, () -> assertThat(fixture.catalog.countByStatus("paid")).isEqualTo(1));
        assertAnswered(0, 1);
    }

    @Test
    void a_carried_token_makes_queries_of_others_see_the_write() {
        aliceWritesIntoTheVoid();
        String carried = fixture.migration.writeToken().toString();
        CallScope bob = BOB.carrying(WriteToken.parse(carried));
        ReadFixture.as(
                bob, () -> assertThat(fixture.catalog.countByStatus("paid")).isEqualTo(1));
        assertAnswered(1, 0);

        secondaryCatchesUp();
        ReadFixture.as(bob, () -> fixture.catalog.countByStatus("paid"));
        assertAnswered(0, 1);
    }

    @Test
    void a_token_of_another_instance_sends_queries_to_the_primary_and_one_of_another_migration_says_nothing() {
        fixture.control.readNewPercent(100);
        WriteToken own = fixture.migration.writeToken();
        ReadFixture.as(BOB.carrying(own), () -> fixture.catalog.countByStatus("new"));
        assertAnswered(0, 1);
        WriteToken foreign = new WriteToken(ReadFixture.NAME, "abc", own.version());
        ReadFixture.as(BOB.carrying(foreign), () -> fixture.catalog.countByStatus("new"));
        assertAnswered(1, 0);
        WriteToken unrelated = new WriteToken("another", "abc", new Version(9, 9));
        ReadFixture.as(BOB.carrying(unrelated), () -> fixture.catalog.countByStatus("new"));
        assertAnswered(0, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "catalog/abc/1",
                "catalog/XYZ/1/1",
                "catalog/abc/-1/1",
                "catalog/abc/1/1/1",
                "catalog/abc/1/1234567890123456789012",
                "catalog/abc/1/1 "
            })
    void a_text_that_is_no_token_is_refused_without_repeating_it(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WriteToken.parse(text))
                .withMessage("This is no write token; pass on what WriteToken.toString() gave, unchanged");
    }

    @Test
    void with_an_old_dirty_key_the_primary_answers_every_read() {
        aliceWritesIntoTheVoid();
        fixture.catalog.findById(2);
        assertAnswered(0, 1);
        fixture.eventuallyInTime(Duration.ofSeconds(2), () -> {
            fixture.forget();
            fixture.catalog.findById(2);
            assertThat(fixture.legacy.reads).hasValue(1);
        });
        assertThat(fixture.migration.status().ledger().lag()).isGreaterThan(Duration.ofSeconds(10));

        secondaryCatchesUp();
        fixture.eventuallyInTime(Duration.ofMillis(100), () -> {
            fixture.forget();
            fixture.catalog.findById(2);
            assertThat(fixture.next.reads).hasValue(1);
        });
    }

    @Test
    void a_parked_key_sends_queries_to_the_primary_and_leaves_other_keys_alone() {
        fixture.control.readNewPercent(100);
        fixture.next.onWrite = FakeCatalog.failing(() -> new SQLException("simulated", "23514"));
        fixture.catalog.changeStatus(1, "paid");
        fixture.eventuallyInTime(
                Duration.ofSeconds(1),
                () -> assertThat(fixture.migration.status().ledger().parked()).isEqualTo(1));
        fixture.eventuallyInTime(Duration.ofMillis(100), () -> {
            fixture.forget();
            ReadFixture.as(BOB, () -> fixture.catalog.countByStatus("paid"));
            assertThat(fixture.legacy.reads).hasValue(1);
            // Not because the key is old, as it may have grown before it was parked.
            fixture.catalog.findById(2);
            assertThat(fixture.next.reads).hasValue(1);
        });
        fixture.forget();
        fixture.catalog.findById(1);
        assertAnswered(1, 0);
        fixture.catalog.findById(2);
        assertAnswered(0, 1);
    }

    @Test
    void a_transaction_reads_from_the_primary() {
        fixture.control.readNewPercent(100).shadowPercent(100);
        fixture.migration.inTransaction(() -> {
            fixture.catalog.findById(1);
            ReadFixture.as(BOB, () -> fixture.catalog.countByStatus("new"));
        });
        assertAnswered(2, 0);
        assertThat(fixture.hasNoOutcome()).isTrue();
    }

    @Test
    void a_full_ledger_keeps_every_read_on_the_primary_until_another_copy() {
        try (ReadFixture small = ReadFixture.legacyPrimary(builder -> builder.ledgerCapacity(20)
                .relay(relay -> relay.inlineWait(Duration.ZERO).maxAttempts(3)))) {
            small.control.readNewPercent(100);
            small.next.onWrite = (operation, normal) -> {
                secondaryHangs.await();
                return normal.get();
            };
            for (long id = 1; id <= 30; id++) {
                small.catalog.put(ReadFixture.order(id));
            }
            secondaryHangs.countDown();
            ReadFixture.eventually(
                    () -> assertThat(small.migration.status().ledger().dirty()).isZero());
            small.forget();
            small.catalog.findById(1);
            assertThat(small.legacy.reads).hasValue(1);
            assertThat(small.migration.status().copied()).containsEntry("Order", false);

            small.copy();
            small.forget();
            assertThat(small.catalog.findById(30)).contains(ReadFixture.order(30));
            assertThat(small.next.reads).hasValue(1);
        }
    }
}
