package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.MigrationException;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.FailureSummary;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the two fences of a new migration, and makes sure that those of an old one belong to these two databases: a clone
 * that says PRIMARY, or a database that was restored from before the migration, would be a second truth.
 */
public final class Founding {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final long FIRST = 1;

    private final String migration;
    private final Site legacy;
    private final Site next;

    public Founding(String migration, Site legacy, Site next) {
        this.migration = migration;
        this.legacy = legacy;
        this.next = next;
    }

    /** What a site's database says of itself and what its fence says, if there is one. */
    private record Found(String identity, Optional<FenceRow> fence) {}

    /**
     * Founds the migration, or checks it.
     *
     * @throws MigrationException if the fences cannot belong to these databases, or none can be read that knows the primary
     */
    public void found() {
        Found old = find(legacy);
        Found fresh = find(next);
        if (old != null && fresh != null) {
            foundBoth(old, fresh);
        } else if (old != null || fresh != null) {
            requirePrimary(old == null ? next : legacy, old == null ? fresh : old);
        }
    }

    private @Nullable Found find(Site site) {
        Found found;
        try {
            found = site.own((connection, tables) ->
                    new Found(DatabaseIdentity.of(connection), tables.fence().read(connection)));
        } catch (SQLException failure) {
            log.warn("{} - {} does not answer at the start ({})", migration, site.name(), FailureSummary.of(failure));
            return null;
        }
        found.fence().ifPresent(row -> requireSameDatabase(site, found.identity(), row));
        return found;
    }

    private void requireSameDatabase(Site site, String identity, FenceRow row) {
        if (!row.identity().equals(identity)) {
            throw new MigrationException(
                    migration,
                    "the fence in " + site.name() + " was made for database " + row.identity() + ", but this is "
                            + identity
                            + ": a clone, or a replica after a failover. Nothing was started. If it is a clone, "
                            + "connect to the true database; after a failover, accept this one by recovery().");
        }
    }

    private void foundBoth(Found old, Found fresh) {
        FenceRow ofOld = old.fence().orElse(null);
        FenceRow ofFresh = fresh.fence().orElse(null);
        if ((ofOld != null && ofFresh != null)) {
            return;
        }
        requireBeginning(legacy, next, ofFresh);
        requireBeginning(next, legacy, ofOld);
        // The secondary first: whoever sees a primary may rely on both.
        create(next, Role.SECONDARY, fresh.identity());
        create(legacy, Role.PRIMARY, old.identity());
        log.info("{} - founded: {} is primary, {} is to become it", migration, legacy.name(), next.name());
    }

    /** One fence alone is what a crash leaves between the first two statements, and nothing later. */
    private void requireBeginning(Site without, Site with, @Nullable FenceRow row) {
        if (row != null && (row.epoch() != FIRST || row.stage() != Stage.LEGACY_ONLY)) {
            throw new MigrationException(
                    migration,
                    with.name() + " says that the migration is in " + row.stage() + " at epoch " + row.epoch()
                            + ", but "
                            + without.name() + " has no fence: a wrong database, or one restored from before the "
                            + "migration. Nothing was started. Connect to the database that took part.");
        }
    }

    private void create(Site site, Role role, String identity) {
        try {
            site.own((connection, tables) -> {
                tables.fence().create(connection, new FenceRow(role, Stage.LEGACY_ONLY, FIRST, FIRST, 0, identity));
                return true;
            });
        } catch (SQLException failure) {
            throw new MigrationException(
                    migration,
                    "the fence could not be made in " + site.name() + " (" + FailureSummary.of(failure)
                            + "). Nothing was started. See that the schema is in place and try again.",
                    failure);
        }
    }

    private void requirePrimary(Site answering, @Nullable Found found) {
        boolean primary = found != null
                && found.fence().filter(row -> row.role() == Role.PRIMARY).isPresent();
        if (!primary) {
            throw new MigrationException(
                    migration,
                    answering.name() + " answers and is not primary, the other database does not answer. Nothing was "
                            + "started. Start again when it does.");
        }
    }
}
