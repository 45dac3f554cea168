package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Operator;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.Holder;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of a database whose transactions hold its fence, and the end of those that hold it for too long. */
final class Sessions {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final String migration;

    Sessions(String migration) {
        this.migration = migration;
    }

    /** Who keeps the fence from being closed, oldest first, as far as the database tells. */
    List<Holder> holding(Site site) {
        try {
            return site.own((connection, tables) -> tables.fence().holders(connection));
        } catch (SQLException failure) {
            log.warn(
                    "{} - who holds the fence of {} cannot be told ({})",
                    migration,
                    site.name(),
                    FailureSummary.of(failure));
            return List.of();
        }
    }

    /** Ends the sessions whose transactions have held the primary's fence for longer than they may; these roll back. */
    void terminateLate(Site primary, FenceView seen, Duration after, Operator operator) {
        for (Holder holder : holding(primary)) {
            if (holder.age().compareTo(after) > 0) {
                terminate(primary, seen, holder, operator);
            }
        }
    }

    private void terminate(Site site, FenceView seen, Holder holder, Operator operator) {
        try {
            boolean ended = site.own((connection, tables) -> {
                boolean done = tables.fence().terminate(connection, holder.session());
                if (done) {
                    String outcome = holder + " was ended, its transaction rolls back";
                    tables.books()
                            .audit(
                                    connection,
                                    new Deed("terminate", seen.stage(), seen.stage(), seen.epoch(), operator, outcome));
                }
                return done;
            });
            if (ended) {
                log.warn("{} - {} of {} held the fence and was ended", migration, holder, site.name());
            }
        } catch (SQLException failure) {
            log.warn(
                    "{} - {} of {} holds the fence and could not be ended ({})",
                    migration,
                    holder,
                    site.name(),
                    FailureSummary.of(failure));
        }
    }
}
