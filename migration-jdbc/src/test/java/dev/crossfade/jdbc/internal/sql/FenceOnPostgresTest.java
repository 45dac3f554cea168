package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class FenceOnPostgresTest extends FenceContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }

    /** Row locks alone let newcomers share the row ahead of a waiting closer, for as long as they keep coming. */
    @Test
    void whoever_comes_after_a_waiting_closer_waits_behind_it() throws Exception {
        try (Connection holder = session();
                Connection closer = session();
                Connection newcomer = session()) {
            assertThat(fence().lockShared(holder, 3)).isPresent();
            Future<Optional<FenceRow>> closing = meanwhile(() -> fence().lockExclusive(closer, Duration.ofSeconds(60)));
            awaitBlockedSession();
            Future<Optional<FenceRow>> sharing = meanwhile(() -> fence().lockShared(newcomer, 3));
            await().until(() -> number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                            + " AND datname = current_database()")
                    == 2);
            holder.commit();
            assertThat(closing.get()).isPresent();
            assertThat(sharing).isNotDone();
            closer.commit();
            assertThat(sharing.get()).isPresent();
            newcomer.commit();
        }
    }
}
