package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.FakeOrders;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.TransactionalStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfigurationMistakesTest {
    private final FakeOrders legacy = new FakeOrders(1);
    private final FakeOrders next = new FakeOrders(1_000);

    private static List<String> mistakes(MigrationBuilder builder) {
        ConfigurationException thrown = catchThrowableOfType(ConfigurationException.class, builder::build);
        assertThat(thrown).as("a mistake").isNotNull();
        assertThat(thrown.mistakes()).allSatisfy(mistake -> assertThat(thrown).hasMessageContaining(mistake));
        return thrown.mistakes();
    }

    private static MigrationBuilder bare(String name) {
        return Migration.of(name)
                .between(Store.plain("legacy"), Store.plain("new"))
                .control(ManualControl.create());
    }

    private MigrationBuilder orders(Consumer<MigrationBuilder> more) {
        MigrationBuilder builder = bare("orders")
                .repository(
                        Orders.class,
                        r -> r.from(legacy).to(next).key(Order.class, Order::id).overwrite(Orders::put));
        more.accept(builder);
        return builder;
    }

    private List<String> inOrders(Consumer<RepositoryBuilder<Orders>> description) {
        return mistakes(bare("orders").repository(Orders.class, description));
    }

    private static <R> List<String> in(Class<R> type) {
        return mistakes(bare("orders").repository(type, r -> r.key(Order.class, Order::id))).stream()
                .filter(mistake -> mistake.contains("(") && mistake.startsWith(type.getSimpleName() + "."))
                .toList();
    }

    @Test
    void names_the_missing_stores() {
        assertThat(mistakes(Migration.of("orders")))
                .anyMatch(mistake -> mistake.contains("stores are missing") && mistake.contains(".between("))
                .anyMatch(mistake -> mistake.contains("no repository") && mistake.contains(".repository("))
                .anyMatch(mistake -> mistake.contains("no control") && mistake.contains(".control("));
    }

    @Test
    void refuses_two_stores_of_one_name() {
        assertThat(mistakes(orders(b -> b.between(Store.plain("db"), Store.plain("db")))))
                .singleElement()
                .asString()
                .contains("both stores are named 'db'");
    }

    @Test
    void refuses_a_name_that_is_no_identifier() {
        for (String name : List.of("", "two words", "-a", "a".repeat(65))) {
            assertThat(mistakes(bare(name)
                            .repository(
                                    Orders.class,
                                    r -> r.from(legacy)
                                            .to(next)
                                            .key(Order.class, Order::id)
                                            .overwrite(Orders::put))))
                    .singleElement()
                    .asString()
                    .contains("1 to 64 letters");
        }
    }

    @Test
    void refuses_a_class_in_place_of_an_interface() {
        assertThat(mistakes(bare("orders")
                        .repository(
                                FakeOrders.class,
                                r -> r.from(legacy)
                                        .to(next)
                                        .key(Order.class, Order::id)
                                        .overwrite(FakeOrders::put))))
                .anyMatch(mistake -> mistake.contains("FakeOrders is a class; extract an interface"));
    }

    @Test
    void names_what_is_missing_even_where_everything_is_missing() {
        assertThat(inOrders(r -> {}))
                .anyMatch(mistake -> mistake.contains(".from("))
                .anyMatch(mistake -> mistake.contains(".to("))
                .anyMatch(mistake -> mistake.contains(".key("));
        assertThat(inOrders(r -> r.key(Order.class, Order::id)))
                .anyMatch(mistake -> mistake.contains(".from("))
                .anyMatch(mistake -> mistake.contains(".to("))
                .anyMatch(mistake -> mistake.contains(".overwrite("));
    }

    @Test
    void names_a_missing_overwrite() {
        assertThat(inOrders(r -> r.from(legacy).to(next).key(Order.class, Order::id)))
                .singleElement()
                .asString()
                .contains("Orders declares no overwrite", ".overwrite(Orders::yourOverwrite)", "idempotent");
    }

    interface NoConventions {
        List<Order> findByStatus(String status);
    }

    @Test
    void names_missing_find_and_delete() {
        NoConventions one = status -> List.of();
        NoConventions other = status -> List.of();
        assertThat(mistakes(bare("orders")
                        .repository(
                                NoConventions.class,
                                r -> r.from(one)
                                        .to(other)
                                        .key(Order.class, Order::id)
                                        .overwrite((repository, order) -> {}))))
                .hasSize(2)
                .anyMatch(mistake -> mistake.contains(".find("))
                .anyMatch(mistake -> mistake.contains(".delete("));
    }

    @Test
    void refuses_one_object_on_both_sides() {
        assertThat(inOrders(r ->
                        r.from(legacy).to(legacy).key(Order.class, Order::id).overwrite(Orders::put)))
                .singleElement()
                .asString()
                .contains("same object on both sides");
    }

    @Test
    void refuses_partial_bulk_forms() {
        assertThat(inOrders(r -> r.from(legacy)
                        .to(next)
                        .key(Order.class, Order::id)
                        .overwrite(Orders::put)
                        .findAll(Orders::findAllById)))
                .singleElement()
                .asString()
                .contains("some bulk forms but not all", "overwriteAll", "deleteAll");
    }

    interface Undecided extends Orders {
        void reticulate(Order order);

        int splines();
    }

    @Test
    void lists_every_method_that_neither_name_nor_annotation_decides() {
        assertThat(in(Undecided.class))
                .hasSize(2)
                .allMatch(mistake -> mistake.contains("annotate it with @Read, @Write or @PrimaryOnly"))
                .anyMatch(mistake -> mistake.contains("reticulate(Order)"))
                .anyMatch(mistake -> mistake.contains("splines()"));
    }

    @Test
    void lists_undecided_methods_before_the_entity_is_named() {
        assertThat(mistakes(bare("orders").repository(Undecided.class, r -> {})))
                .anyMatch(mistake -> mistake.contains("splines()"))
                .anyMatch(mistake -> mistake.contains("reticulate(Order)"));
    }

    interface Keyless {
        void deleteAll();

        int deleteByStatus(String status);

        @Write
        @Read
        void both(Order order);

        @Key
        void insert(String name);

        @Write
        void saveAll(Stream<Order> orders);

        @Write
        Stream<Order> saveSome(List<Order> orders);
    }

    @Test
    void names_writes_that_do_not_tell_their_keys() {
        assertThat(in(Keyless.class))
                .hasSize(6)
                .anyMatch(
                        m -> m.contains("deleteAll() writes, and nothing tells which keys; mark a parameter with @Key"))
                .anyMatch(m -> m.contains("deleteByStatus(String) writes, and nothing tells which keys"))
                .anyMatch(m -> m.contains("both(Order) carries more than one"))
                .anyMatch(m -> m.contains("insert(String) is marked with @Key and returns nothing"))
                .anyMatch(m -> m.contains("saveAll(Stream<Order>) takes its entities as a stream"))
                .anyMatch(m -> m.contains("saveSome(List<Order>) writes and returns a stream"));
    }

    interface Counted {
        @Write(keysListedBy = "findIds")
        int deleteByStatus(String status);

        List<Long> findIds(String status);
    }

    @Test
    void refuses_a_count_checked_write_on_stores_that_cannot_undo_it() {
        assertThat(in(Counted.class))
                .singleElement()
                .asString()
                .contains("needs stores with transactions", "return the changed keys instead");
    }

    interface Later {
        Future<Order> save(Order order);

        Flow.Publisher<Order> findAll();

        OwnFuture findLate(long id);

        CompletableFuture<Optional<Order>> findById(long id);
    }

    static class OwnFuture extends CompletableFuture<Order> {}

    interface LateWriter {
        Optional<Order> findById(long id);

        CompletionStage<Optional<Order>> loadById(long id);

        CompletionStage<Order> save(Order order);

        @Write(mayDelete = true)
        CompletableFuture<Void> dropLater(@Key long id);
    }

    @Test
    void refuses_a_write_that_ends_later_on_stores_with_transactions_and_lets_reads_do_so() {
        MigrationBuilder onDatabases = bare("orders")
                .between(
                        new TransactionalStore("legacy", new TreeMap<>()),
                        new TransactionalStore("new", new TreeMap<>()))
                .repository(LateWriter.class, r -> r.key(Order.class, Order::id));
        assertThat(mistakes(onDatabases))
                .filteredOn(mistake -> mistake.startsWith("LateWriter."))
                .hasSize(2)
                .allMatch(m -> m.contains("return the value itself") && m.contains("migration.inTransaction(..)"))
                .anyMatch(m -> m.startsWith("LateWriter.save(Order) writes and returns a CompletionStage"))
                .anyMatch(m -> m.startsWith("LateWriter.dropLater(long) writes and returns a CompletableFuture"));
        assertThat(in(LateWriter.class)).as("on plain stores").isEmpty();
    }

    @Test
    void refuses_results_whose_end_cannot_be_followed() {
        assertThat(in(Later.class))
                .hasSize(3)
                .anyMatch(m -> m.contains("save(Order) returns a Future") && m.contains("declare CompletionStage"))
                .anyMatch(m -> m.contains("findAll() returns a Publisher"))
                .anyMatch(m -> m.contains("findLate(long) returns a OwnFuture"));
    }

    @Test
    void refuses_two_repositories_of_one_entity_name_and_one_given_twice() {
        Consumer<RepositoryBuilder<Orders>> description =
                r -> r.from(legacy).to(next).key(Order.class, Order::id).overwrite(Orders::put);
        assertThat(mistakes(bare("orders").repository(Orders.class, description).repository(Orders.class, description)))
                .hasSize(2)
                .anyMatch(mistake -> mistake.contains("Orders is given twice"))
                .anyMatch(mistake -> mistake.contains("entity 'Order'") && mistake.contains(".named("));
        assertThat(inOrders(r -> r.from(legacy)
                        .to(next)
                        .key(Order.class, Order::id)
                        .overwrite(Orders::put)
                        .named(" ")))
                .singleElement()
                .asString()
                .contains("blank name");
    }

    @Test
    void refuses_to_start_on_the_new_side_with_keys_that_find_no_way_back() {
        assertThat(mistakes(bare("orders")
                        .startingAt(Stage.NEW_PRIMARY)
                        .repository(
                                Orders.class,
                                r -> r.from(legacy)
                                        .to(next)
                                        .key(Order.class, Order::id)
                                        .overwrite(Orders::put)
                                        .keyMapping(KeyMapping.nameBased("order")))))
                .singleElement()
                .asString()
                .contains("startingAt(NEW_PRIMARY)", "'Order'", "such as a table");
    }

    @Test
    void reports_every_bad_option() {
        assertThat(mistakes(orders(b -> b.relay(relay -> relay.threads(0))
                        .ledgerCapacity(0)
                        .salt("")
                        .writersWait(Duration.ofMillis(-1))
                        .reads(reads -> reads.threads(0))
                        .shadowReads(shadow -> shadow.queue(0)))))
                .hasSize(6)
                .allMatch(mistake -> mistake.matches("(?s).*(choose|default|give one).*"));
        assertThat(mistakes(orders(b -> b.relay(relay -> relay.maxAttempts(0).deletesByMarksPerMinute(-1)))))
                .hasSize(2);
        assertThat(mistakes(orders(b -> b.relay(relay -> relay.batchSize(10_001)))))
                .hasSize(1);
    }

    @Test
    void reports_mistakes_in_comparison_rules() {
        assertThat(inOrders(r -> r.from(legacy)
                        .to(next)
                        .key(Order.class, Order::id)
                        .overwrite(Orders::put)
                        .compare(c -> c.ignore("nothingOfThatName", "a test"))))
                .singleElement()
                .asString()
                .contains("Orders comparison", "nothingOfThatName");
    }

    sealed interface Closed permits Open {}

    record Open() implements Closed {}

    @Test
    void tells_many_mistakes_in_one_message() {
        ConfigurationException thrown = catchThrowableOfType(
                ConfigurationException.class,
                () -> Migration.of("no good")
                        .repository(Undecided.class, r -> r.key(Order.class, Order::id))
                        .repository(Closed.class, r -> {})
                        .relay(relay -> relay.threads(65))
                        .build());
        assertThat(thrown.mistakes()).hasSizeGreaterThanOrEqualTo(11);
        assertThat(thrown)
                .hasMessageStartingWith("Migration 'no good': the configuration has "
                        + thrown.mistakes().size() + " mistakes; nothing was started.");
        assertThat(thrown.mistakes()).anyMatch(mistake -> mistake.contains("Closed is sealed"));
    }
}
