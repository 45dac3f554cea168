package dev.crossfade.samples.quickstart.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.samples.quickstart.checker.Expectation;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.seed.SeedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process has told its callers is known afterwards, from its journal alone. */
class JournalTest {
    private static final SeedData SEED = SeedData.generate(400, 7);

    @TempDir
    Path folder;

    private Path file;
    private Journal journal;
    private OrderBook book;

    @BeforeEach
    void begin() {
        file = folder.resolve("a-0.journal");
        journal = Journal.create(file);
        book = new OrderBook(SEED.orders(), journal);
    }

    @Test
    void a_book_replayed_from_the_journal_says_the_same_of_every_order() throws IOException {
        for (Order order : SEED.orders()) {
            switch ((int) (order.id() % 5)) {
                case 0 -> book.acknowledged(order.withStatus(OrderStatus.PACKED, order.updatedAt()));
                case 1 -> book.acknowledgedDeletion(order.id());
                case 2 -> book.attempt(order.id(), before -> Optional.of(before.withNotes("a\0b", before.createdAt())));
                case 3 -> book.attempt(order.id(), before -> Optional.empty());
                default -> {
                    book.attempt(order.id(), before -> Optional.empty());
                    book.nothingDone(order.id());
                }
            }
        }
        book.attemptCreation("doubtful");
        book.attemptCreation("not created");
        book.nothingCreated("not created");

        OrderBook replayed = replayed();

        assertThat(expectations(replayed)).isEqualTo(expectations(book));
        assertThat(replayed.existingIds()).isEqualTo(book.existingIds());
        assertThat(replayed.acknowledgedWrites()).isEqualTo(160);
        assertThat(replayed.isDoubtful("doubtful")).isTrue();
        assertThat(replayed.isDoubtful("not created")).isFalse();
    }

    @Test
    void a_write_that_was_under_way_at_the_kill_may_be_there_or_not() throws IOException {
        Order order = SEED.orders().get(0);
        book.attempt(order.id(), before -> Optional.of(before.withStatus(OrderStatus.SHIPPED, before.createdAt())));

        assertThat(replayed().certain(order.id())).isEmpty();
        assertThat(expectations(replayed()).get(0).states()).hasSize(2);
    }

    @Test
    void a_last_line_torn_by_the_kill_is_left_out_and_nothing_else() throws IOException {
        Order first =
                SEED.orders().get(0).withNotes("first", SEED.orders().get(0).updatedAt());
        Order second =
                SEED.orders().get(1).withNotes("second", SEED.orders().get(1).updatedAt());
        book.acknowledged(first);
        book.acknowledged(second);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));

        assertThat(replayed().certain(1)).contains(Optional.of(first));
        assertThat(replayed().certain(2)).contains(Optional.of(SEED.orders().get(1)));
    }

    private OrderBook replayed() throws IOException {
        OrderBook replayed = new OrderBook(SEED.orders());
        Journal.read(file, replayed::replay);
        return replayed;
    }

    private static List<Expectation> expectations(OrderBook book) {
        List<Expectation> all = new ArrayList<>();
        book.expectations().forEachRemaining(all::add);
        return all;
    }
}
