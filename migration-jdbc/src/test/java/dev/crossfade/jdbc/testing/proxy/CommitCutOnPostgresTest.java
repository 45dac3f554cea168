package dev.crossfade.jdbc.testing.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommitCutOnPostgresTest extends CommitCutContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }

    @Override
    String timeout() {
        return "?socketTimeout=5";
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void a_commit_is_found_however_the_driver_sends_it(String mode) throws Exception {
        try (Connection connection = connect(timeout() + "&preferQueryMode=" + mode)) {
            Rows.insert(connection, 1);
            connection.commit();
            fails_to_commit(connection, 2);
        }

        assertThat(Rows.count(database)).isEqualTo(2);
    }
}
