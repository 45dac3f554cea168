package dev.crossfade.jdbc.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    @TempDir
    private Path directory;

    @Test
    void an_operation_counts_once_it_is_acknowledged() throws IOException {
        History history = read("I W 5 a\nA W 5 a\nI D 6 a\nI W 7 b\nR W 7 b\n");

        assertThat(history.acknowledged()).isEqualTo(1);
        assertThat(history.of("a").lastAcknowledged())
                .isEqualTo(new Operation(Operation.Stage.ACKNOWLEDGED, Operation.Kind.WRITE, 5, "a", "w1"));
        assertThat(history.of("b").lastAcknowledged()).isNull();
    }

    @Test
    void a_torn_last_line_does_not_count() throws IOException {
        for (String torn : List.of("A W 6 a", "A W 6", "A W ", "A", "I D 60 a")) {
            History history = read("I W 5 a\nA W 5 a\n" + torn);

            assertThat(history.acknowledged()).isEqualTo(1);
            assertThat(history.of("a").mayBeDeletedAfter(5)).isFalse();
        }
    }

    @Test
    void a_torn_line_elsewhere_is_an_error() {
        assertThatThrownBy(() -> read("I W\nA W 5 a\n")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_empty_log_says_nothing() throws IOException {
        assertThat(read("").acknowledged()).isZero();
    }

    @Test
    void two_writers_cannot_have_the_same_place_in_a_keys_order() throws IOException {
        Path first = Files.writeString(directory.resolve("w1"), "I W 5 a\n");
        Path second = Files.writeString(directory.resolve("w2"), "I W 5 a\n");

        assertThatThrownBy(() -> History.read(List.of(first, second))).isInstanceOf(IllegalStateException.class);
    }

    private History read(String log) throws IOException {
        return History.read(List.of(Files.writeString(directory.resolve("w1"), log)));
    }
}
