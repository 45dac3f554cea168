package dev.crossfade.jdbc;

import dev.crossfade.MigrationException;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.jdbc.internal.fence.JdbcFence;
import dev.crossfade.jdbc.internal.fence.Stripes;
import dev.crossfade.jdbc.internal.ids.IdColumn;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.site.Site.Tables;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.FailureSummary;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Legacy ids for rows that are born on the new side, where keys are of another kind: each row needs one for its way back.
 * The repository of the new side asks {@link #next} for it while it inserts; {@link JdbcCoordination#idBlocks} takes the
 * blocks in.
 *
 * <pre>{@code
 * IdBlocks orderIds = IdBlocks.of("orders", "id");
 * ..to(new NewOrders(next.dataSource(), orderIds))..
 * .coordinatedBy(JdbcCoordination.between(legacy, next).idBlocks(orderIds))
 * }</pre>
 *
 * <p>A handover to the new side notes in the new database where legacy's generator stands, and ids are handed out from there,
 * in blocks, without asking legacy again. The handover back has legacy's generator go on beyond every block, and from when
 * it begins no block is taken. So no id is given out twice, by whichever instance or side; what an instance has not used of
 * its block when it ends or the primary moves is lost.
 *
 * <p>Safe for use by many threads, which wait for each other while a block is taken.
 */
public final class IdBlocks {
    /** How many ids a block has, unless set otherwise. */
    public static final int DEFAULT_SIZE = 1_000;

    private final IdColumn column;
    private final int size;

    /** The new side of the migration that has taken these blocks in. */
    private volatile @Nullable Source source;

    /** Guarded by {@code this}. */
    private long next;

    /** Guarded by {@code this}. */
    private long end;

    /** At which the block was taken. Guarded by {@code this}. */
    private long epoch;

    private record Source(String migration, Site site, JdbcFence fence) {}

    /** As many ids as a block has, from the first on; none if legacy has not told where to begin. */
    private record Block(OptionalLong first, long epoch) {}

    private IdBlocks(IdColumn column, int size) {
        this.column = column;
        this.size = size;
    }

    /**
     * Blocks of a column of the legacy database.
     *
     * @param table  the table, with its schema where it is not the connection's own
     * @param column an identity, serial or auto-increment column, of legacy only or of both sides
     */
    public static IdBlocks of(String table, String column) {
        return new IdBlocks(new IdColumn(table, column), DEFAULT_SIZE);
    }

    /**
     * Other blocks of the same column, of this size. Each takes one short transaction of its own on the new database.
     *
     * @param ids 1 or more; default {@value #DEFAULT_SIZE}
     */
    public IdBlocks size(int ids) {
        if (ids < 1) {
            throw new IllegalArgumentException(
                    "The size of id blocks is " + ids + "; choose 1 or more (default " + DEFAULT_SIZE + ")");
        }
        return new IdBlocks(column, ids);
    }

    /**
     * An id of the legacy column that nobody else gets.
     *
     * @throws IllegalStateException   if no migration has taken these blocks in
     * @throws RetryableWriteException if a block is needed and the new side is not primary or about to hand over; a write
     *                                 of the migration that is under way is tried again
     * @throws MigrationException      if a block is needed and the new side's database does not answer, or became primary
     *                                 before these blocks were named
     */
    public long next() {
        Source from = source;
        if (from == null) {
            throw new IllegalStateException(
                    "Ids of " + column
                            + " belong to no migration. No id was given. Name these blocks in JdbcCoordination's idBlocks(..).");
        }
        synchronized (this) {
            if (next == end || epoch < from.fence().view().epoch()) {
                Block block = take(from);
                next = block.first().orElseThrow(() -> unknown(from));
                end = next + size;
                epoch = block.epoch();
            }
            return next++;
        }
    }

    private Block take(Source from) {
        long believed = from.fence().view().epoch();
        Optional<Block> block;
        try {
            block = from.site().own(this::take);
        } catch (SQLException failure) {
            String what = "no block of ids of " + column + " could be taken from "
                    + from.site().name() + " (" + FailureSummary.of(failure) + "). No id was given. Try again.";
            throw SqlFailure.isContention(failure)
                    ? new RetryableWriteException(from.migration(), what, failure)
                    : new MigrationException(from.migration(), what, failure);
        }
        return block.orElseThrow(() -> {
            from.fence().refused(believed);
            return new PhaseMovedException(
                    from.migration(),
                    from.site().name() + " is not primary, or about to hand over, and ids of " + column
                            + " are then given by legacy alone. No id was given. Insert through the migration.");
        });
    }

    private MigrationException unknown(Source from) {
        return new MigrationException(
                from.migration(),
                "the primary has moved to " + from.site().name() + " without asking how far legacy's ids of " + column
                        + " reach. No id was given. Name these blocks in JdbcCoordination's idBlocks(..) and move the "
                        + "primary back and forth once.");
    }

    /**
     * Held to the fence: a block that was taken after the handover has asked how far they reach would be given by legacy
     * once more.
     */
    private Optional<Block> take(Connection connection, Tables tables) throws SQLException {
        Optional<FenceRow> primary =
                tables.fence().lockShared(connection, Stripes.ofThisThread()).filter(row -> row.role() == Role.PRIMARY);
        if (primary.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong first = tables.books().takeIds(connection, column.toString(), size);
        return Optional.of(new Block(first, primary.get().epoch()));
    }

    IdColumn column() {
        return column;
    }

    void belongTo(String migration, Site newSide, JdbcFence fence) {
        source = new Source(migration, newSide, fence);
    }
}
