package dev.crossfade.spi;

import dev.crossfade.Side;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Where a backfill reads the rows of an entity, and how it writes those that are missing. For use by many threads. */
public interface BackfillSource {

    /**
     * A row of one side.
     *
     * @param key     its key
     * @param state   what it holds, as the source understands it; {@code null} if it cannot be brought to the other side
     * @param refusal why it cannot, without values; {@code null} if it can
     */
    record Row(
            EntityKey key, @Nullable Object state, @Nullable String refusal) {
        public Row {
            Objects.requireNonNull(key, "key");
        }
    }

    /** Makes the source of an entity; called once, by {@code build()}, and reaches no database. */
    @FunctionalInterface
    interface Factory {
        /** Makes it; the keys of its rows are of this entity. */
        BackfillSource of(String entity);
    }

    /** About how many rows the primary has; empty if nobody knows. Must not take long. */
    OptionalLong estimatedRows();

    /**
     * The first rows of a range, in the order of keys, by a transaction of its own.
     *
     * @param max the most rows; none means that the range has no row on that side, fewer than there are means nothing
     * @throws Throwable what the store throws
     */
    List<Row> read(Side side, KeyRange range, int max) throws Throwable;

    /**
     * Inserts rows of the primary that the new side does not have, and leaves alone those that it has. Called in the
     * transaction that this thread has open there.
     *
     * @return how many were inserted
     * @throws Throwable what the store throws
     */
    int insertMissing(List<Row> rows) throws Throwable;

    /** Whether a row of the primary and one of the secondary, of the same key, hold the same. */
    boolean isSame(Row primary, Row secondary);
}
