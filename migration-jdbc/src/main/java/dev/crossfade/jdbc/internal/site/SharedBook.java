package dev.crossfade.jdbc.internal.site;

import dev.crossfade.MigrationException;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.FailureSummary;
import java.sql.SQLException;
import java.time.Duration;

/** Reaches a book in which several instances write at once. For use by many threads. */
public final class SharedBook {
    /** How long the holder of a claim may go unheard of before another one takes it over. */
    public static final Duration LEASE = Duration.ofSeconds(30);

    /** After so many a transaction that another instance was in the way of is given up. */
    public static final int ATTEMPTS = 3;

    private final String migration;
    private final String job;
    private final Site site;

    /** @param job what the book is of, for messages, such as {@code "the backfill of Order"} */
    public SharedBook(String migration, String job, Site site) {
        this.migration = migration;
        this.job = job;
        this.site = site;
    }

    /** A transaction of the library's own. */
    @FunctionalInterface
    public interface OwnTransaction<T> {
        /** Runs it from begin to end. */
        T run() throws SQLException;
    }

    /**
     * Runs a transaction, and once more where another instance was in its way.
     *
     * @param what it does, for messages
     * @throws MigrationException if it could not be done; nothing was changed
     */
    public <T> T repeatedly(String what, OwnTransaction<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.run();
            } catch (SQLException failure) {
                // Two instances that begin at once, or one that takes over what another one ends.
                boolean lost = SqlFailure.isContention(failure) || SqlFailure.isDuplicate(failure);
                if (!lost || attempt == ATTEMPTS) {
                    throw new MigrationException(
                            migration,
                            job + " could not " + what + " on " + site.name() + " (" + FailureSummary.of(failure)
                                    + "). Nothing was changed. Try again when that database answers.",
                            failure);
                }
            }
        }
    }
}
