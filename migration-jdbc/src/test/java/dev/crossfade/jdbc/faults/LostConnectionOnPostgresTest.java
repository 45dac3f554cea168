package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.ledgerRows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.jdbc.testing.Pair;
import org.junit.jupiter.api.Test;

class LostConnectionOnPostgresTest extends LostConnectionContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    /** What PostgreSQL answers then might come after the commit, too. */
    @Test
    void a_session_killed_before_a_commit_that_is_sent_along_is_told_as_unknown() {
        Instance service = scene.startDual();

        assertThatThrownBy(() -> killedAfterItsLastWrite(service))
                .isInstanceOf(CommitOutcomeUnknownException.class)
                .hasMessageContaining("'legacy' did not confirm a COMMIT");

        assertThat(ledgerRows(scene.legacy())).isZero();
        service.orders.put(order(2));
        scene.endsWith(order(2));
    }
}
