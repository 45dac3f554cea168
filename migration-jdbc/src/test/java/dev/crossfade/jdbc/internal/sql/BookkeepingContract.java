package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Bookkeeping;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Instance;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Heartbeats and claims of instances whose sessions have different time zones, on every database. */
abstract class BookkeepingContract extends SqlContract {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration HOUR = Duration.ofHours(1);

    @BeforeEach
    void forget_everybody() {
        execute("DELETE FROM crossfade_instance");
        execute("DELETE FROM crossfade_claim");
    }

    private Bookkeeping books() {
        return new Bookkeeping(dialect(), Schema.DEFAULT_PREFIX, MIGRATION, Side.LEGACY);
    }

    private static Instance instance(String id) {
        return new Instance(id, EPOCH, Stage.LEGACY_PRIMARY, "of the test");
    }

    private Connection session(boolean east) throws SQLException {
        Connection connection = session();
        setZone(connection, east);
        return connection;
    }

    @Test
    void instances_of_different_time_zones_see_each_other_alive() throws SQLException {
        try (Connection east = session(true);
                Connection west = session(false)) {
            books().beat(east, instance("east"));
            books().beat(east, instance("east"));
            books().leave(east, "nobody", HOUR);
            east.commit();
            books().beat(west, instance("west"));
            books().leave(west, "nobody", HOUR);
            west.commit();
            setZone(east, true);
            setZone(west, false);

            for (Connection each : new Connection[] {east, west}) {
                assertThat(books().alive(each, LEASE)).containsExactlyInAnyOrder(instance("east"), instance("west"));
                assertThat(books().alive(each, AT_ONCE)).isEmpty();
            }
            books().leave(west, "west", HOUR);
            assertThat(books().alive(west, LEASE)).containsExactly(instance("east"));
            east.commit();
            west.commit();
        }
    }

    @Test
    void instances_of_different_time_zones_respect_each_others_claims() throws SQLException {
        for (boolean east : new boolean[] {true, false}) {
            String job = "job " + east;
            try (Connection holder = session(east);
                    Connection other = session(!east)) {
                assertThat(books().claim(holder, job, "holder", LEASE)).isTrue();
                holder.commit();
                assertThat(books().claim(other, job, "other", LEASE)).isFalse();
                other.commit();
                setZone(holder, east);
                assertThat(books().claim(holder, job, "holder", AT_ONCE)).isTrue();
                holder.commit();

                setZone(other, !east);
                assertThat(books().claim(other, job, "other", LEASE)).isTrue();
                other.commit();
                setZone(holder, east);
                assertThat(books().claim(holder, job, "holder", LEASE)).isFalse();
                holder.commit();
            }
        }
    }
}
