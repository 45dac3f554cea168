package dev.crossfade.compare;

import static dev.crossfade.compare.CompareAssert.assertMatch;
import static dev.crossfade.compare.CompareAssert.compare;
import static dev.crossfade.compare.CompareAssert.differences;
import static dev.crossfade.compare.CompareAssert.engine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonRulesTest {

    record LegacyLine(String sku, BigDecimal amount) {}

    record LegacyOrder(
            long id, String state, String street, @Nullable String city, List<LegacyLine> lines) {}

    enum Status {
        OPEN,
        PAID
    }

    record Address(String street, @Nullable String town) {}

    record Item(String sku, BigDecimal price) {}

    record Order(
            long id,
            Status status,
            Optional<Address> home,
            Address address,
            Set<Item> items,
            Map<String, Item> byName) {}

    record NewOrder(long id, Status status, @Nullable Address address, List<Item> items) {}

    private static final LegacyOrder LEGACY =
            new LegacyOrder(1, "OPEN", "Main", "Ulm", List.of(new LegacyLine("a", BigDecimal.ONE)));

    private static NewOrder newOrder(@Nullable Address address, String price) {
        return new NewOrder(1, Status.OPEN, address, List.of(new Item("a", new BigDecimal(price))));
    }

    private static ComparisonRules.Builder mapped() {
        return ComparisonRules.builder()
                .path("state", "status")
                .field("state", (String state, Status status) -> status.name().equals(state))
                .path("street", "address.street")
                .path("city", "address.town")
                .path("lines", "items")
                .path("lines[].amount", "items[].price");
    }

    @Test
    void mapped_paths_compare_different_types() {
        ComparisonEngine engine = ComparisonEngine.of(mapped().build());
        assertMatch(engine.compare(LEGACY, newOrder(new Address("Main", "Ulm"), "1.00")));
        assertThat(differences(engine.compare(LEGACY, newOrder(new Address("Main", "Bonn"), "2"))))
                .containsExactly("city VALUE", "lines[].amount VALUE");
        assertThat(differences(engine.compare(LEGACY, newOrder(null, "1"))))
                .containsExactly("street VALUE_VS_NULL", "city VALUE_VS_NULL");
        assertThat(mapped().mistakes(LegacyOrder.class, NewOrder.class)).isEmpty();
    }

    @Test
    void mapped_paths_also_work_the_other_way_round() {
        ComparisonEngine engine = ComparisonEngine.of(ComparisonRules.builder()
                .path("status", "state")
                .field("status", (Status status, String state) -> status.name().equals(state))
                .path("address.street", "street")
                .path("address.town", "city")
                .path("items", "lines")
                .path("items[].price", "lines[].amount")
                .build());
        assertMatch(engine.compare(newOrder(new Address("Main", "Ulm"), "1.00"), LEGACY));
        assertThat(differences(engine.compare(newOrder(new Address("Main", "Bonn"), "2"), LEGACY)))
                .containsExactly("address.town VALUE", "items[].price VALUE");
    }

    @Test
    void a_nested_field_without_a_partner_is_still_reported() {
        record Flat(String street) {}
        record Nested(Address address) {}
        assertThat(differences(engine(rules -> rules.path("street", "address.street"))
                        .compare(new Flat("Main"), new Nested(new Address("Main", "Ulm")))))
                .containsExactly("address.town MISSING_IN_PRIMARY");
    }

    @Test
    void swapped_fields_of_one_type_are_not_called_equal_by_their_equals() {
        record Pair(int left, int right) {}
        ComparisonEngine engine = engine(rules -> rules.path("left", "right").path("right", "left"));
        assertMatch(engine.compare(new Pair(1, 2), new Pair(2, 1)));
        assertThat(differences(engine.compare(new Pair(1, 2), new Pair(1, 2))))
                .containsExactly("left VALUE", "right VALUE");
    }

    @Test
    void a_rule_for_a_field_decides_alone_even_for_equal_values_and_nulls() {
        ComparisonEngine engine =
                engine(rules -> rules.field("town", (String x, String y) -> x == null && "".equals(y)));
        assertMatch(engine.compare(new Address("Main", null), new Address("Main", "")));
        assertThat(differences(engine.compare(new Address("Main", "Ulm"), new Address("Main", "Ulm"))))
                .containsExactly("town VALUE");
        assertThat(differences(engine.compare(new Address("Main", "Ulm"), new Address("Main", null))))
                .containsExactly("town VALUE_VS_NULL");
    }

    @Test
    void an_ignored_path_hides_all_below_it_and_nothing_else() {
        Order x = new Order(1, Status.OPEN, Optional.empty(), new Address("a", "b"), Set.of(), Map.of());
        Order y = new Order(
                1, Status.PAID, Optional.of(new Address("h", "h")), new Address("c", "d"), Set.of(), Map.of());
        assertThat(differences(
                        engine(rules -> rules.ignore("address", "moved later").ignore("home", "unused"))
                                .compare(x, y)))
                .containsExactly("status VALUE");
        assertThat(differences(engine(rules -> rules.ignore("address.street", "normalised"))
                        .compare(x, y)))
                .containsExactly("status VALUE", "home NULL_VS_VALUE", "address.town VALUE");
    }

    @Test
    void all_mistakes_are_told_at_once() {
        ComparisonRules.Builder builder = ComparisonRules.builder()
                .ignore(" ", "why")
                .ignore("status", "  ")
                .ignore("$", "everything")
                .field("a..b", (a, b) -> true)
                .keyed("items[0]", Item::sku)
                .path("a", "b")
                .path("a", "c")
                .path("x[].a", "y[].b")
                .path("x[]", "y[]")
                .unordered("items")
                .unordered("items")
                .timePrecision(ChronoUnit.DAYS)
                .maxDifferences(0)
                .maxDepth(65)
                .maxRows(-1);
        assertThat(builder.mistakes())
                .containsExactly(
                        "ignore(\" \") has a blank path; write field names such as price, customer.name or items[].price",
                        "ignore(\"status\") gives no reason; say why a difference in it does no harm",
                        "ignore(\"$\") concerns the whole result; name a field",
                        "field(\"a..b\") has no valid path; write field names such as price, customer.name or items[].price",
                        "keyed(\"items[0]\") has no valid path; write field names such as price, customer.name or items[].price",
                        "path(\"a\", \"c\") is given twice; keep one",
                        "path(\"x[]\", \"y[]\") maps elements; map the collections, and fields of their elements",
                        "unordered(\"items\") is given twice; keep one",
                        "timePrecision(DAYS) is too coarse; choose NANOS, MICROS, MILLIS or SECONDS",
                        "maxDifferences is 0; choose 1 to 1000 (default 20)",
                        "maxDepth is 65; choose 1 to 64 (default 16)",
                        "maxRows is -1; choose 1 to 1000000 (default 10000)",
                        "path(\"x[].a\", \"y[].b\") maps fields of elements of different collections; map x to the"
                                + " collection on the secondary first");
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(builder.mistakes().toArray(String[]::new));
    }

    @Test
    void paths_that_no_entity_has_are_told_where_the_types_are_known() {
        ComparisonRules.Builder builder = ComparisonRules.builder()
                .ignore("statu", "typo")
                .ignore("address.town", "fine")
                .ignore("home.town", "fine")
                .ignore("items[].prise", "typo")
                .ignore("byName[].price", "fine")
                .ignore("state", "only the legacy entity has it")
                .path("status", "stat");
        assertThat(builder.mistakes()).isEmpty();
        assertThat(builder.mistakes(Order.class, LegacyOrder.class))
                .containsExactly(
                        "path(\"status\", \"stat\"): LegacyOrder has no field stat; its fields are id, state, street, city,"
                                + " lines",
                        "ignore(\"statu\"): Order has no field statu; its fields are id, status, home, address, items,"
                                + " byName",
                        "ignore(\"items[].prise\"): Item has no field prise; its fields are sku, price");
        assertThat(builder.mistakes(Object.class, Runnable.class)).isEmpty();
    }

    @Test
    void rules_do_not_change_after_they_were_built() {
        ComparisonRules.Builder builder = ComparisonRules.builder();
        ComparisonEngine before = ComparisonEngine.of(builder.build());
        builder.ignore("town", "later").type(String.class, (a, b) -> true).maxDifferences(1);
        assertThat(differences(before.compare(new Address("a", "b"), new Address("c", "d"))))
                .containsExactly("street VALUE", "town VALUE");
        assertThat(differences(compare(new Address("a", "b"), new Address("a", "d"))))
                .containsExactly("town VALUE");
    }
}
