package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.site.Site.SqlWork;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.FailureSummary;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a rescue, each in a transaction that holds the fence exclusively, tried again where it lost against others; what
 * fails is told to a person.
 */
final class RescueSteps {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 5;

    private final String migration;
    private final Site legacy;
    private final Site next;

    RescueSteps(String migration, Site legacy, Site next) {
        this.migration = migration;
        this.legacy = legacy;
        this.next = next;
    }

    Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    Rows read() {
        return new Rows(read(legacy), read(next));
    }

    private @Nullable FenceRow read(Site site) {
        try {
            return site.<Optional<FenceRow>>own(
                            (connection, tables) -> tables.fence().read(connection))
                    .orElse(null);
        } catch (SQLException failure) {
            log.warn("{} - the fence of {} cannot be read ({})", migration, site.name(), FailureSummary.of(failure));
            return null;
        }
    }

    FenceRow answering(Rows rows, Side side) {
        FenceRow row = rows.of(side);
        if (row == null) {
            throw refused("the fence of " + site(side).name() + " cannot be read", "Try again when it can.");
        }
        return row;
    }

    int hold(Site primary, Site other, long epoch, long generation) {
        try {
            int held = AheadKeys.hold(primary, other, epoch, generation);
            if (held < 0) {
                throw undecided("the primary has moved meanwhile");
            }
            return held;
        } catch (SQLException failure) {
            throw failed("compare the ledgers", failure);
        }
    }

    static boolean mayWrite(FenceRow row) {
        return row.role() == Role.PRIMARY || row.role() == Role.DRAINING;
    }

    static FenceRow withRole(FenceRow row, Role role) {
        return new FenceRow(role, row.stage(), row.epoch(), row.generation(), row.revision(), row.identity());
    }

    /** Locks the fence against everyone else, as long as the transaction lasts. */
    static FenceRow lock(Connection connection, Site.Tables tables) throws SQLException {
        return tables.fence().lockExclusive(connection, STEP_TIMEOUT).orElseThrow(Held::new);
    }

    /** One compare-and-set; waits for writes under way as long as it may. */
    void step(Site site, FenceRow expected, FenceRow changed, @Nullable Deed deed) {
        boolean done = run("change the fence of " + site.name(), site, (connection, tables) -> {
            FenceRow row = lock(connection, tables);
            if (!row.equals(expected)) {
                return false;
            }
            tables.fence().write(connection, changed);
            if (deed != null) {
                tables.books().audit(connection, deed);
            }
            return true;
        });
        if (!done) {
            throw undecided("the fence of " + site.name() + " has changed meanwhile");
        }
    }

    <T> T run(String what, Site site, SqlWork<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return site.own(work);
            } catch (SQLException failure) {
                boolean again = failure instanceof Held || SqlFailure.isContention(failure);
                if (!again || attempt == ATTEMPTS) {
                    throw failed(what, failure);
                }
            }
        }
    }

    MigrationException refused(String what, String next) {
        return new MigrationException(migration, what + ". Nothing was changed. " + next);
    }

    MigrationException undecided(String what) {
        return new MigrationException(
                migration, what + ". No row of an entity was changed. Call it again once no move is under way.");
    }

    MigrationException failed(String what, SQLException failure) {
        return new MigrationException(
                migration,
                "could not " + what + " ("
                        + (failure instanceof Held
                                ? "writes under way hold the fence"
                                : FailureSummary.of(failure).toString())
                        + "). No row of an entity was changed. Call it again.",
                failure);
    }

    /** Writes or refreshes under way hold the fence for longer than this waits. */
    private static final class Held extends SQLException {
        Held() {
            super("the fence is held by others");
        }
    }
}
