package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.jdbc.testing.Pair;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EntryOnMariaDbTest extends EntryContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }

    @Test
    void a_user_who_may_not_see_the_transactions_of_others_is_told_what_is_missing() throws Exception {
        start(Duration.ZERO).close();
        assertThat(checkedBy(poolOfPlainUser(
                        databases.legacy().url(),
                        "CREATE OR REPLACE USER plain@'%' IDENTIFIED BY 'plain'",
                        "GRANT ALL ON " + databases.legacy().name() + ".* TO plain@'%'")))
                .singleElement()
                .asString()
                .contains("lacks the PROCESS privilege");
    }
}
