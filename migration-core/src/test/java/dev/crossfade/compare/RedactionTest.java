package dev.crossfade.compare;

import static dev.crossfade.compare.CompareAssert.compare;
import static dev.crossfade.compare.CompareAssert.engine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.compare.Comparison.Mismatch;
import dev.crossfade.compare.Comparison.PrimaryFailed;
import dev.crossfade.compare.Comparison.SecondaryFailed;
import dev.crossfade.spi.FailureSummary;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedactionTest {

    private static final String CANARY = "canary-4711";

    record Customer(String name, String iban) {
        @Override
        public String toString() {
            return name + iban;
        }
    }

    record Order(Object value, Customer customer) {}

    private static Order order(Object value, String name) {
        return new Order(value, new Customer(name, name));
    }

    @Test
    void no_outcome_shows_a_value_that_was_not_allowed() {
        Exception failure = new IllegalStateException(CANARY, new SQLException(CANARY, "23505"));
        List<Comparison> outcomes = new ArrayList<>();
        for (Object value : List.of(
                CANARY,
                List.of(CANARY, "b"),
                Set.of(CANARY),
                Map.of(CANARY, CANARY),
                new Customer(CANARY, CANARY),
                new String[] {CANARY})) {
            outcomes.add(compare(order(value, CANARY), order("x", "y")));
            outcomes.add(compare(order(value, CANARY), order(List.of("b"), "y")));
            outcomes.add(compare(order(value, CANARY), order(Set.of("b"), "y")));
            outcomes.add(compare(order(value, CANARY), order(Map.of("k", "v"), "y")));
        }
        outcomes.add(engine(rules -> rules.field("value", (a, b) -> {
                    throw new IllegalStateException(CANARY);
                }))
                .compare(order(CANARY, CANARY), order("x", "y")));
        outcomes.add(new PrimaryFailed(FailureSummary.of(failure)));
        outcomes.add(new SecondaryFailed(FailureSummary.of(failure)));
        assertThat(outcomes)
                .hasSize(27)
                .allSatisfy(outcome ->
                        assertThat(outcome.toString()).doesNotContain(CANARY).doesNotContain("4711"));
    }

    @Test
    void allowed_fields_show_their_redacted_values_and_others_none() {
        Comparison comparison = engine(
                        rules -> rules.allowValues("customer.name", "value").redactor(value -> value.charAt(0) + "***"))
                .compare(new Order(1, new Customer("Ann", CANARY)), new Order(2, new Customer("Bob", "other")));
        assertThat(comparison)
                .isEqualTo(new Mismatch(List.of(
                        new FieldDifference("value", DifferenceClass.VALUE, "1***", "2***"),
                        new FieldDifference("customer.name", DifferenceClass.VALUE, "A***", "B***"),
                        new FieldDifference("customer.iban", DifferenceClass.VALUE, null, null))));
    }

    @Test
    void an_allowed_object_or_collection_does_not_show_the_fields_in_it() {
        Comparison object = engine(rules -> rules.allowValues("customer", "value"))
                .compare(order(new Customer(CANARY, CANARY), CANARY), new Order("x", new Customer("y", "y")));
        Comparison elements = engine(rules -> rules.allowValues("value", "value[]"))
                .compare(order(Set.of(new Customer(CANARY, CANARY)), "y"), order(Set.of(), "y"));
        assertThat(object.toString()).doesNotContain(CANARY);
        assertThat(elements.toString()).doesNotContain(CANARY);
    }

    @Test
    void allowed_values_are_cut_and_bytes_only_counted() {
        Comparison text = engine(rules -> rules.allowValues("$")).compare("x".repeat(5_000), "y");
        assertThat(((Mismatch) text).differences().get(0).primaryValue())
                .hasSize(201)
                .endsWith("…");
        Comparison bytes = engine(rules -> rules.allowValues("$")).compare(new byte[] {47, 11}, new byte[] {1});
        assertThat(((Mismatch) bytes).differences().get(0).primaryValue()).isEqualTo("byte[2]");
    }
}
