package dev.crossfade.spring;

import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.FenceView;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.ClassUtils;

/**
 * Stands in for a migration that is switched off: callers get the repository of the side that alone has the data. While both
 * sides are in use there is none, and the service does not start.
 */
final class WithoutMigration {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Side side;

    /**
     * @param own        the coordination bean of the context, if it has one; else there is one of the two databases
     * @param customized whether the migration may have been given another coordination by code that does not run now
     */
    WithoutMigration(
            String migration,
            String tablePrefix,
            Store legacy,
            Store next,
            Coordination.@Nullable Factory own,
            boolean customized) {
        Optional<Side> recorded;
        if (isPresent()) {
            recorded = Fences.side(migration, tablePrefix, legacy, next, own);
        } else if (own == null) {
            // A fence in memory is gone with the process that had it.
            recorded = Optional.empty();
        } else {
            throw unreadable(migration);
        }
        if (recorded.isEmpty() && customized) {
            log.warn(
                    "{} - crossfade.enabled is false, and no start of the migration is recorded under the table prefix "
                            + "'{}', so the legacy store is used. If a MigrationCustomizer sets another coordination, "
                            + "this may be the wrong store: declare that coordination as the bean {}",
                    migration,
                    tablePrefix,
                    MigrationBeans.of(migration).coordination());
        }
        this.side = recorded.orElse(Side.LEGACY);
    }

    private static WiringException unreadable(String migration) {
        return new WiringException(List.of("crossfade.enabled is false, and the bean "
                + MigrationBeans.of(migration).coordination()
                + " is no JdbcCoordination, so that it cannot be told which "
                + "store of migration '" + migration + "' has the data. Enable it again, or take the bean and the "
                + "@MigratedRepository away and use the repository of that store."));
    }

    private static boolean isPresent() {
        return ClassUtils.isPresent("dev.crossfade.jdbc.Database", WithoutMigration.class.getClassLoader());
    }

    /** The repository to use. */
    Object repository(Object from, Object to) {
        return side == Side.LEGACY ? from : to;
    }

    /** Transactions of that side. */
    PlatformTransactionManager transactionManager(DataSource legacy, DataSource next) {
        return new JdbcTransactionManager(side == Side.LEGACY ? legacy : next);
    }

    /** Loaded with the JDBC module only. */
    private static final class Fences {
        static Optional<Side> side(
                String migration, String tablePrefix, Store legacy, Store next, Coordination.@Nullable Factory own) {
            JdbcCoordination coordination;
            if (own instanceof JdbcCoordination ofContext) {
                coordination = ofContext;
            } else if (own != null) {
                throw unreadable(migration);
            } else if (legacy instanceof Database old && next instanceof Database fresh) {
                coordination = JdbcCoordination.between(old, fresh).tablePrefix(tablePrefix);
            } else {
                return Optional.empty();
            }
            return coordination.recorded(migration).map(fence -> onlySide(migration, fence));
        }

        private static Side onlySide(String migration, FenceView fence) {
            if (fence.stage().isDualWrite() || fence.phase() != FenceView.Phase.OPEN) {
                throw new WiringException(List.of("crossfade.enabled is false, and migration '" + migration + "' is in "
                        + fence.stage() + ", in which writes go to both stores: without it one of them would be left "
                        + "behind. Enable it again. To leave it out, move it to LEGACY_ONLY or NEW_ONLY first; to take "
                        + "the other store out of the way of reads, set the flag crossfade." + migration
                        + ".reads-to-primary."));
            }
            return fence.stage().primary();
        }
    }
}
