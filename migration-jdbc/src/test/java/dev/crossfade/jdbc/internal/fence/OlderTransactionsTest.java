package dev.crossfade.jdbc.internal.fence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.jdbc.internal.fence.OlderTransactions.Older;
import dev.crossfade.jdbc.internal.sql.Dialect;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which of the transactions that were open at the first look may still commit. */
class OlderTransactionsTest {
    private static final String PREPARED = Dialect.DETACHED;

    private static Older first(String... names) {
        return new Older(list(names));
    }

    private static Map<String, String> list(String... names) {
        return Arrays.stream(names).collect(Collectors.toMap(name -> name, name -> "told of " + name));
    }

    @Test
    void one_that_is_gone_has_ended_and_later_ones_do_not_count() {
        Older older = first("1/a", "2/b");

        older.look(list("2/b", "3/c"));
        assertThat(older.left()).containsExactly("told of 2/b");

        older.look(list("3/c"));
        assertThat(older.left()).isEmpty();
    }

    @Test
    void one_that_has_vanished_is_taken_for_the_one_that_was_prepared_meanwhile() {
        Older older = first("1/a");

        older.look(list("2/b", PREPARED + 7));
        assertThat(older.left()).containsExactly("told of " + PREPARED + 7);

        older.look(list(PREPARED + 7));
        assertThat(older.left()).containsExactly("told of " + PREPARED + 7);

        older.look(list("2/b"));
        assertThat(older.left()).isEmpty();
    }

    @Test
    void one_that_was_prepared_before_another_vanished_is_not_that_one() {
        Older older = first("1/a", PREPARED + 1);

        older.look(list("1/a", PREPARED + 1, PREPARED + 2));
        older.look(list(PREPARED + 1, PREPARED + 2));
        assertThat(older.left()).containsExactly("told of " + PREPARED + 1);

        older.look(list(PREPARED + 2));
        assertThat(older.left()).isEmpty();
    }
}
