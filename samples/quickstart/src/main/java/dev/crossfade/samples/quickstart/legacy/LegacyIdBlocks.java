package dev.crossfade.samples.quickstart.legacy;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ids for orders that are born on the new side, taken in blocks from the sequence of the legacy database.
 *
 * <p>The sequence hands every id out once, to an insert or to a block, so the two never meet, whichever side is
 * primary. Ids of a block that are not used are lost. The next block is fetched when half a block is left, so a legacy
 * database that is away for a while stops no order. Safe for use by many threads.
 */
public final class LegacyIdBlocks implements LongSupplier {
    public static final int DEFAULT_BLOCK_SIZE = 1_000;

    private static final Logger log = LoggerFactory.getLogger(LegacyIdBlocks.class);
    private static final String RESERVE = "SELECT NEXT VALUE FOR order_ids FROM SYSTEM_RANGE(1, :size)";

    private final Jdbi jdbi;
    private final int blockSize;
    private final Executor refills;

    /** Guarded by {@code this}. */
    private final Queue<Long> reserved = new ArrayDeque<>();

    /** Guarded by {@code this}. */
    private boolean refilling;

    /**
     * @param blockSize ids per block, 2 or more
     * @param refills   fetches blocks ahead of need; an executor that runs in the caller's thread will do
     */
    public LegacyIdBlocks(DataSource legacy, int blockSize, Executor refills) {
        if (blockSize < 2) {
            throw new IllegalArgumentException(
                    "Block size is " + blockSize + "; choose 2 or more (default " + DEFAULT_BLOCK_SIZE + ")");
        }
        this.jdbi = Jdbi.create(legacy);
        this.blockSize = blockSize;
        this.refills = refills;
    }

    /** Fetches a block now, so that the first orders need not wait for the legacy database. */
    public void reserveBlock() {
        List<Long> block = jdbi.withHandle(handle -> handle.createQuery(RESERVE)
                .bind("size", blockSize)
                .mapTo(Long.class)
                .list());
        synchronized (this) {
            reserved.addAll(block);
        }
    }

    /**
     * The next id; asks the legacy database only if no block is left.
     *
     * @throws RuntimeException if no block is left and the legacy database does not answer
     */
    @Override
    public long getAsLong() {
        while (true) {
            Long id = poll();
            if (id != null) {
                return id;
            }
            reserveBlock();
        }
    }

    private @Nullable Long poll() {
        Long id;
        boolean refill;
        synchronized (this) {
            id = reserved.poll();
            refill = id != null && !refilling && reserved.size() < blockSize / 2;
            refilling |= refill;
        }
        if (refill) {
            refills.execute(this::refill);
        }
        return id;
    }

    private void refill() {
        try {
            reserveBlock();
        } catch (RuntimeException e) {
            log.warn("orders - no new block of ids from the legacy database; the next order tries again", e);
        } finally {
            synchronized (this) {
                refilling = false;
            }
        }
    }
}
