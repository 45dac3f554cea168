package dev.crossfade.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.CallScope;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Reason;
import dev.crossfade.compare.Comparison.Skipped;
import dev.crossfade.spi.ContextCarrier;
import dev.crossfade.testing.Catalog;
import dev.crossfade.testing.ReadFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class ArgumentsAndContextTest {
    private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

    private ReadFixture fixture = open(ReadFixture.defaults());

    private static ReadFixture open(Consumer<MigrationBuilder> options) {
        ReadFixture opened =
                ReadFixture.legacyPrimary(options.andThen(builder -> builder.shadowReads(shadow -> shadow.threads(1))));
        opened.control.shadowPercent(100);
        return opened;
    }

    private void reopen(Consumer<MigrationBuilder> options) {
        fixture.close();
        fixture = open(options);
    }

    @AfterEach
    void close() {
        MDC.clear();
        TENANT.remove();
        fixture.close();
    }

    @Test
    void an_argument_that_may_change_is_not_kept() {
        assertThat(fixture.catalog.findByFilter(new Catalog.Filter())).hasSize(9);
        assertThat(fixture.outcome()).isEqualTo(new Skipped(Reason.UNSAFE_ARGUMENTS));
        assertThat(fixture.next.reads).hasValue(0);
    }

    @Test
    void an_argument_of_a_trusted_class_is_kept() {
        reopen(builder -> builder.shadowReads(shadow -> shadow.trustArguments(Catalog.Filter.class)));
        assertThat(fixture.catalog.findByFilter(new Catalog.Filter())).hasSize(9);
        assertThat(fixture.outcome()).isEqualTo(new Match());
    }

    @Test
    void the_caller_may_change_its_collections_and_arrays_after_the_call() {
        fixture.next.onRead = fixture.hanging();
        List<Long> ids = new ArrayList<>(List.of(1L, 2L, 3L));
        long[] customers = {1, 2};
        fixture.catalog.findAllById(ids);
        fixture.catalog.open(customers);
        ids.clear();
        customers[0] = 77;
        fixture.hang.countDown();
        assertThat(fixture.outcome()).isEqualTo(new Match());
        assertThat(fixture.outcome()).isEqualTo(new Match());
    }

    @Test
    void what_the_caller_carries_is_on_the_shadow_reads_thread_and_off_it_again() {
        ContextCarrier tenant = () -> {
            String captured = TENANT.get();
            return () -> {
                TENANT.set(captured);
                return TENANT::remove;
            };
        };
        reopen(builder ->
                builder.shadowReads(shadow -> shadow.carry(ContextCarrier.mdc()).carry(tenant)));
        List<String> seen = new CopyOnWriteArrayList<>();
        fixture.next.onRead = (operation, normal) -> {
            seen.add(MDC.get("request") + "/" + TENANT.get() + "/"
                    + CallScope.current().subject());
            return normal.get();
        };
        MDC.put("request", "r-1");
        TENANT.set("acme");
        ReadFixture.as(CallScope.subject("alice"), () -> fixture.catalog.findById(1));
        assertThat(fixture.outcome()).isEqualTo(new Match());
        MDC.clear();
        TENANT.remove();
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Match());
        assertThat(seen).containsExactly("r-1/acme/alice", "null/null/null");
    }

    @Test
    void nothing_is_carried_that_was_not_declared() {
        List<String> seen = new CopyOnWriteArrayList<>();
        fixture.next.onRead = (operation, normal) -> {
            seen.add(String.valueOf(MDC.get("request")));
            return normal.get();
        };
        MDC.put("request", "r-1");
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Match());
        assertThat(seen).containsExactly("null");
    }

    @Test
    void a_carrier_that_fails_at_any_point_changes_nothing_for_the_caller() {
        List<ContextCarrier> bad = List.of(
                () -> {
                    throw new AssertionError("simulated");
                },
                () -> () -> {
                    throw new AssertionError("simulated");
                });
        for (ContextCarrier carrier : bad) {
            reopen(builder -> builder.shadowReads(shadow -> shadow.carry(carrier)));
            assertThat(fixture.catalog.findById(1)).contains(ReadFixture.order(1));
            assertThat(fixture.outcome()).isEqualTo(new Skipped(Reason.COMPARISON_FAILED));
        }
    }

    @Test
    void a_context_that_cannot_be_taken_off_costs_neither_the_outcome_nor_the_other_contexts() {
        ContextCarrier stuck = () -> () -> () -> {
            throw new AssertionError("simulated");
        };
        reopen(builder ->
                builder.shadowReads(shadow -> shadow.carry(ContextCarrier.mdc()).carry(stuck)));
        MDC.put("request", "r-1");
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Match());
        MDC.clear();
        List<String> seen = new CopyOnWriteArrayList<>();
        fixture.next.onRead = (operation, normal) -> {
            seen.add(MDC.get("request") + "/" + CallScope.current().subject());
            return normal.get();
        };
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Match());
        assertThat(seen).containsExactly("null/null");
    }
}
