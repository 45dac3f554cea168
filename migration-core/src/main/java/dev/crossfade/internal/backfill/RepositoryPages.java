package dev.crossfade.internal.backfill;

import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.backfill.PageByKey;
import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.internal.pages.Overrun;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Presence;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A backfill by the repository's own methods: its page by key, and the operations that move its state. */
public final class RepositoryPages implements BackfillSource {
    private static final int SAMPLED_PAGE = 1_000;

    private final EntityState state;
    private final Store legacy;
    private final Store next;
    private final PageByKey<Object, Object, Object> pages;
    private final @Nullable ToLongFunction<Object> count;
    private final ComparisonEngine comparison;

    public RepositoryPages(
            EntityState state,
            Store legacy,
            Store next,
            PageByKey<Object, Object, Object> pages,
            @Nullable ToLongFunction<Object> count,
            ComparisonEngine comparison) {
        this.state = state;
        this.legacy = legacy;
        this.next = next;
        this.pages = pages;
        this.count = count;
        this.comparison = comparison;
    }

    @Override
    public OptionalLong estimatedRows() {
        return count == null ? OptionalLong.empty() : OptionalLong.of(count.applyAsLong(state.on(Side.LEGACY)));
    }

    @Override
    public List<Row> read(Side side, KeyRange range, int max) throws Throwable {
        List<Row> rows = new ArrayList<>();
        Store store = store(side);
        store.inTransaction(() -> {
            Presence presence = Presence.on(store);
            for (Object entity : pages.page(state.on(side), raw(range.after()), raw(range.upTo()), max)) {
                EntityKey key = state.keyOf(entity);
                if (key == null) {
                    throw new IllegalStateException("A page of " + state.entity() + " holds an entity without a key");
                }
                rows.add(new Row(key, entity, null));
            }
            if (presence.ranNothing()) {
                // What a cache or a replica says of both sides proves nothing.
                throw new Overrun(presence.complaint("the page by key of " + state.entity()));
            }
            return true;
        });
        return rows;
    }

    private Store store(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    private static @Nullable Object raw(@Nullable EntityKey key) {
        return key == null ? null : key.key();
    }

    @Override
    public int insertMissing(List<Row> rows) throws Overrun {
        Map<EntityKey, Object> present =
                state.findAll(Side.NEW, rows.stream().map(Row::key).toList());
        List<Object> missing = new ArrayList<>();
        for (Row row : rows) {
            Object entity = row.state();
            if (entity != null && !present.containsKey(row.key())) {
                missing.add(entity);
            }
        }
        if (!missing.isEmpty()) {
            Presence presence = Presence.on(next);
            state.overwriteAll(Side.NEW, missing);
            if (presence.ranNothing()) {
                // Neither the fence nor the claim has kept it from writing.
                throw new Overrun(presence.complaint("an overwrite of " + state.entity()));
            }
        }
        return missing.size();
    }

    /** What cannot be compared is taken to differ: a refresh or a look too many harms nobody. */
    @Override
    public boolean isSame(Row legacyRow, Row newRow) {
        return comparison.compare(legacyRow.state(), newRow.state()) instanceof Comparison.Match;
    }

    @Override
    public List<FieldDifference> differences(Row legacyRow, Row newRow, Side primary) {
        Row first = primary == Side.LEGACY ? legacyRow : newRow;
        Row second = primary == Side.LEGACY ? newRow : legacyRow;
        return comparison.compare(first.state(), second.state()) instanceof Comparison.Mismatch mismatch
                ? mismatch.differences()
                : List.of();
    }

    @Override
    public List<Row> find(Side side, Collection<EntityKey> keys) throws Throwable {
        List<Row> rows = new ArrayList<>();
        store(side).inTransaction(() -> {
            state.findAll(side, keys).forEach((key, found) -> rows.add(new Row(key, found, null)));
            return true;
        });
        return rows;
    }

    /** Reads every page of the side: a repository knows no shorter way. */
    @Override
    public List<EntityKey> sample(Side side, int max, RandomGenerator random) throws Throwable {
        List<EntityKey> sample = new ArrayList<>();
        EntityKey last = null;
        long seen = 0;
        List<Row> page = read(side, KeyRange.ALL, SAMPLED_PAGE);
        while (!page.isEmpty()) {
            for (Row row : page) {
                last = row.key();
                seen++;
                if (sample.size() < max) {
                    sample.add(last);
                } else {
                    long place = random.nextLong(seen);
                    if (place < max) {
                        sample.set((int) place, last);
                    }
                }
            }
            page = read(side, new KeyRange(last, null), SAMPLED_PAGE);
        }
        return sample;
    }
}
