package dev.crossfade.spring;

import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.spi.FenceView;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.ClassUtils;

/**
 * Stands in for a migration that is switched off: callers get the repository of the side that alone has the data. While both
 * sides are in use there is none, and the service does not start.
 */
final class WithoutMigration {
    private final Side side;

    WithoutMigration(String migration, String tablePrefix, Store legacy, Store next) {
        // A fence in memory is gone with the process that had it.
        this.side = isPresent() ? Fences.side(migration, tablePrefix, legacy, next) : Side.LEGACY;
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
        static Side side(String migration, String tablePrefix, Store legacy, Store next) {
            if (!(legacy instanceof Database old && next instanceof Database fresh)) {
                return Side.LEGACY;
            }
            return JdbcCoordination.between(old, fresh)
                    .tablePrefix(tablePrefix)
                    .recorded(migration)
                    .map(fence -> onlySide(migration, fence))
                    .orElse(Side.LEGACY);
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
