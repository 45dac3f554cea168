package dev.crossfade.spi;

import dev.crossfade.Side;
import dev.crossfade.compare.FieldDifference;
import java.time.temporal.Temporal;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where backfill and reconciliation read the rows of an entity, and how a backfill writes those that are missing. For use by
 * many threads.
 */
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

    /**
     * What a store says about the first rows of a range without handing them out.
     *
     * @param last   the key of the last of these rows; {@code null} if there are none
     * @param rows   how many they are
     * @param digest over the keys and all that {@link #isSame} compares, in the order of keys: two ranges of equal rows
     *               have equal digests on both sides, and two that differ have, but for a negligible chance, others
     */
    record RangeDigest(@Nullable EntityKey last, long rows, String digest) {
        public RangeDigest {
            Objects.requireNonNull(digest, "digest");
        }
    }

    /** Makes the source of an entity; called once, by {@code build()}, and reaches no database. */
    @FunctionalInterface
    interface Factory {
        /** Makes it; the keys of its rows are of this entity. */
        BackfillSource of(String entity);
    }

    /**
     * Looks whether the rows can cross at all. Called when a backfill is started.
     *
     * @throws IllegalStateException if they cannot, saying what to change and naming no values
     * @throws Throwable             what a store throws; nothing is known then, and the pages will tell
     */
    default void check() throws Throwable {}

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

    /** Whether its pages are sure to heed the bounds of ranges; if not, whoever reads them tries them. */
    default boolean heedsBounds() {
        return false;
    }

    /** Whether the rows of a key, both without a refusal, hold the same on both sides. */
    boolean isSame(Row legacy, Row fresh);

    /**
     * What differs between the rows of a key, both without a refusal; empty if {@link #isSame} says that nothing does.
     *
     * @param primary the side whose values come first in each difference
     */
    List<FieldDifference> differences(Row legacy, Row fresh, Side primary);

    /**
     * Rows of these keys, by a transaction of its own; a key without a row is left out.
     *
     * @param keys a few hundred at most
     * @throws Throwable what the store throws
     */
    List<Row> find(Side side, Collection<EntityKey> keys) throws Throwable;

    /**
     * Keys of one side taken by chance, each as likely as any other.
     *
     * @param max the most keys, at least 1
     * @throws Throwable what the store throws
     */
    List<EntityKey> sample(Side side, int max, RandomGenerator random) throws Throwable;

    /**
     * A source of those rows only whose column lies in a window of time, on either side by itself; empty where the source
     * knows no columns.
     *
     * @param column a column that the source reads, by its name on the new side
     * @param from   the first time; a {@code LocalDateTime} for columns without a zone, else an {@code Instant}
     * @param until  the first time that is too late, likewise
     * @throws IllegalArgumentException if the source has no such column, with those that it has, or if the column holds
     *     times of the other kind, or none, on one side
     * @throws Throwable                what a store throws; nothing is known of the column then
     */
    default Optional<BackfillSource> within(String column, Temporal from, Temporal until) throws Throwable {
        return Optional.empty();
    }

    /**
     * A digest over the first rows of a range, computed by the store itself, by a transaction of its own. A caller that
     * finds both sides equal takes the rows as equal; else it reads them.
     *
     * @param max the most rows, at least 1
     * @return empty where this source cannot have both sides compute it in the same form, for this call or ever; the
     *     caller reads the rows then
     * @throws Throwable what the store throws
     */
    default Optional<RangeDigest> digest(Side side, KeyRange range, int max) throws Throwable {
        return Optional.empty();
    }
}
