package dev.crossfade.jdbc.reconcile;

import dev.crossfade.Side;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Another source, whose rows are read by value, with digests that are computed here, as if the databases had. */
final class DigestingSource implements BackfillSource {
    final AtomicLong rowsRead = new AtomicLong();
    private final BackfillSource source;

    DigestingSource(BackfillSource source) {
        this.source = source;
    }

    @Override
    public Optional<RangeDigest> digest(Side side, KeyRange range, int max) throws Throwable {
        List<Row> rows = source.read(side, range, max);
        StringBuilder all = new StringBuilder();
        for (Row row : rows) {
            all.append(row.key().key()).append(Arrays.toString((@Nullable Object[]) row.state()));
        }
        EntityKey last = rows.isEmpty() ? null : rows.get(rows.size() - 1).key();
        return Optional.of(new RangeDigest(last, rows.size(), all.toString()));
    }

    @Override
    public List<Row> read(Side side, KeyRange range, int max) throws Throwable {
        List<Row> rows = source.read(side, range, max);
        rowsRead.addAndGet(rows.size());
        return rows;
    }

    @Override
    public OptionalLong estimatedRows() {
        return source.estimatedRows();
    }

    @Override
    public int insertMissing(List<Row> rows) throws Throwable {
        return source.insertMissing(rows);
    }

    @Override
    public boolean isSame(Row legacy, Row fresh) {
        return source.isSame(legacy, fresh);
    }

    @Override
    public List<FieldDifference> differences(Row legacy, Row fresh, Side primary) {
        return source.differences(legacy, fresh, primary);
    }

    @Override
    public List<Row> find(Side side, Collection<EntityKey> keys) throws Throwable {
        return source.find(side, keys);
    }

    @Override
    public List<EntityKey> sample(Side side, int max, RandomGenerator random) throws Throwable {
        return source.sample(side, max, random);
    }

    @Override
    public Optional<BackfillSource> within(String column, Temporal from, Temporal until) throws Throwable {
        return source.within(column, from, until).map(DigestingSource::new);
    }
}
