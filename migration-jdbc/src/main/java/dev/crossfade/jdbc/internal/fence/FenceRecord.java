package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.FenceTable;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the fences of a migration say that is not started. Makes no table and writes nothing. */
public final class FenceRecord {
    private final String migration;
    private final String prefix;

    public FenceRecord(String migration, String prefix) {
        this.migration = migration;
        this.prefix = prefix;
    }

    /**
     * What they say together; empty if the migration was never started on these databases.
     *
     * @throws MigrationException if it cannot be told, because a database does not answer
     */
    public Optional<FenceView> read(Site.Transactions legacy, Site.Transactions next) {
        Answer old = ask(Side.LEGACY, legacy);
        Answer fresh = ask(Side.NEW, next);
        Optional<FenceView> view = new Rows(old.row(), fresh.row()).view();
        // Legacy's fence is made last and by the first start, and is never taken away.
        if (view.isPresent() || (old.failure() == null && old.row() == null && fresh.failure() == null)) {
            return view;
        }
        SQLException failure = old.failure() != null ? old.failure() : fresh.failure();
        throw new MigrationException(
                migration,
                "its fences do not tell which side is primary"
                        + (failure == null
                                ? ""
                                : ", and a database did not answer (" + FailureSummary.of(failure) + ")")
                        + ". Nothing was started. Try again when both databases answer.",
                failure);
    }

    private record Answer(@Nullable FenceRow row, @Nullable SQLException failure) {}

    private Answer ask(Side side, Site.Transactions database) {
        try (Connection connection = database.plain()) {
            FenceTable fence = new FenceTable(Dialect.of(connection), prefix, migration, side);
            return new Answer(fence.read(connection).orElse(null), null);
        } catch (SQLException failure) {
            return new Answer(null, SqlFailure.isMissingTable(failure) ? null : failure);
        }
    }
}
