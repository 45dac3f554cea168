package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.jdbc.testing.Pair;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EntryOnH2Test extends EntryContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }

    @Test
    void a_user_who_may_not_see_the_transactions_of_others_is_told_what_is_missing() throws Exception {
        start(Duration.ZERO).close();
        assertThat(checkedBy(poolOfPlainUser(
                        databases.legacy().url().replace(";DB_CLOSE_DELAY=-1", ""),
                        "CREATE USER plain PASSWORD 'plain'",
                        "GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA public TO plain")))
                .singleElement()
                .asString()
                .contains("lacks the rights of an administrator");
    }
}
