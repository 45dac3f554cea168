package dev.crossfade.jdbc;

import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.jdbc.TableCopy.CopiedColumn;
import dev.crossfade.jdbc.TableCopy.CopiedKey;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of a query and of a table, as {@link TableCopy} describes them. What it asks the catalogs for is asked once. */
final class TableSource implements BackfillSource {
    private static final int MAX_ROWS_PER_INSERT = 500;

    /** PostgreSQL and MariaDB take 65 535 parameters; a statement of half as many is quick enough. */
    private static final int MAX_PARAMETERS = 30_000;

    /** MariaDB takes statements of 16 MiB unless it is told otherwise; a row that is larger goes alone. */
    private static final long MAX_BYTES_PER_INSERT = 4 << 20;

    /** MariaDB's, before a statement that is to run as if the session's zone were UTC. */
    private static final String IN_UTC = "SET STATEMENT time_zone = '+00:00' FOR ";

    /** The class of SQLState of a value that an expression does not take, such as JSON that is none to the other type. */
    private static final String NO_SUCH_VALUE = "22";

    private final String entity;
    private final TableCopy.Parts parts;
    private final Database legacy;
    private final Database next;

    private final PageBytes pageBytes = new PageBytes();

    private volatile @Nullable CopiedColumns known;

    /** Whether a table has changed since. */
    private volatile boolean outdated;

    private final @Nullable Window window;

    TableSource(String entity, TableCopy.Parts parts, Database next) {
        this(entity, parts, next, null);
    }

    private TableSource(String entity, TableCopy.Parts parts, Database next, @Nullable Window window) {
        this.entity = entity;
        this.parts = parts;
        this.legacy = parts.legacy();
        this.next = next;
        this.window = window;
    }

    /** Only the rows whose column, which has the same name on both sides, is not before the one time and before the other. */
    private record Window(String column, Temporal from, Temporal until) {}

    @Override
    public Optional<BackfillSource> within(String column, Temporal first, Temporal end) {
        List<String> asTheyAre = parts.columns().stream()
                .filter(copied -> copied.mapping() == null)
                .map(CopiedColumn::name)
                .toList();
        if (!asTheyAre.contains(column)) {
            throw new IllegalArgumentException("The table copy of " + entity + " takes no column '" + column
                    + "' over as it is; it does so with " + asTheyAre);
        }
        return Optional.of(new TableSource(entity, parts, next, new Window(column, first, end)));
    }

    /** As the catalogs know them; looked up by as many threads as happen to come first. */
    private CopiedColumns columns() throws SQLException {
        CopiedColumns columns = known;
        if (columns == null || outdated) {
            outdated = false;
            try (Connection from = legacy.dataSource().getConnection();
                    Connection to = next.dataSource().getConnection()) {
                columns = CopiedColumns.of(parts, from, to);
                if (window != null) {
                    columns = columns.within(window.column(), window.from(), window.until());
                }
            }
            known = columns;
        }
        return columns;
    }

    @Override
    public void check() throws SQLException {
        columns();
    }

    /** The table's columns as they are read and written, those of the key first. */
    private List<String> names() {
        return Stream.concat(
                        parts.keys().stream().map(CopiedKey::to),
                        parts.columns().stream().map(CopiedColumn::name))
                .toList();
    }

    /** As the database's planner sees it: counting would read every row. */
    @Override
    public OptionalLong estimatedRows() {
        try (Connection connection = legacy.dataSource().getConnection()) {
            return columns().legacy().estimate(connection);
        } catch (SQLException failure) {
            throw new IllegalStateException("the legacy query could not be explained", failure);
        }
    }

    @Override
    public List<Row> read(Side side, KeyRange range, int max) throws Throwable {
        CopiedColumns columns = columns();
        int limit = columns.areOfAnySize() ? pageBytes.limit(max) : max;
        List<Row> rows = rows(
                columns,
                side,
                (connection, source) ->
                        source.select(connection, columnsOf(range.after()), columnsOf(range.upTo()), limit));
        pageBytes.saw(
                rows.size(), rows.stream().mapToLong(TableSource::bytes).max().orElse(0));
        return rows;
    }

    @Override
    public List<Row> find(Side side, Collection<EntityKey> keys) throws Throwable {
        if (keys.isEmpty()) {
            return List.of();
        }
        List<List<Object>> wanted =
                keys.stream().map(key -> parts.toColumns().apply(key.key())).toList();
        List<Row> rows = rows(columns(), side, (connection, source) -> source.find(connection, wanted));
        Set<EntityKey> asked = new HashSet<>(keys);
        return rows.stream().filter(row -> asked.contains(row.key())).toList();
    }

    /** The databases look at every key, and take them by a chance of their own. */
    @Override
    public List<EntityKey> sample(Side side, int max, RandomGenerator random) throws Throwable {
        List<EntityKey> keys = new ArrayList<>();
        each(columns(), side, (connection, source) -> source.sample(connection, max), (key, row) -> keys.add(key));
        return keys;
    }

    @FunctionalInterface
    private interface Selection {
        PreparedStatement of(Connection connection, KeyedRows rows) throws SQLException;
    }

    @FunctionalInterface
    private interface Taker {
        void take(EntityKey key, ResultSet row) throws SQLException;
    }

    private List<Row> rows(CopiedColumns columns, Side side, Selection selection) throws Throwable {
        List<Row> rows = new ArrayList<>();
        each(columns, side, selection, (key, row) -> rows.add(row(columns, side, key, row)));
        return rows;
    }

    private void each(CopiedColumns columns, Side side, Selection selection, Taker taker) throws Throwable {
        Database database = side == Side.LEGACY ? legacy : next;
        KeyedRows source = side == Side.LEGACY ? columns.legacy() : columns.next();
        forgettingWhatChanged(() -> database.inTransaction(() -> {
            try (Connection connection = database.dataSource().getConnection();
                    PreparedStatement select = selection.of(connection, source);
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    taker.take(new EntityKey(entity, parts.toKey().apply(source.key(row))), row);
                }
            }
            return true;
        }));
    }

    private static long bytes(Row row) {
        return row.state() == null ? 0 : PageBytes.bytes(values(row));
    }

    private static Row row(CopiedColumns columns, Side side, EntityKey key, ResultSet row) throws SQLException {
        try {
            return new Row(key, side == Side.LEGACY ? columns.read(row) : columns.held(row), null);
        } catch (CopiedColumns.Unmappable unmappable) {
            return new Row(key, null, unmappable.why());
        }
    }

    /** A statement that does not suit the tables any more was made from what they were. */
    private <T> @Nullable T forgettingWhatChanged(Store.Work<T> work) throws Throwable {
        try {
            return work.run();
        } catch (SQLException failure) {
            if (FailureKind.isOfSchema(failure)) {
                outdated = true;
            }
            throw failure;
        }
    }

    private @Nullable List<Object> columnsOf(@Nullable EntityKey key) {
        return key == null ? null : parts.toColumns().apply(key.key());
    }

    @Override
    public int insertMissing(List<Row> rows) throws Throwable {
        CopiedColumns columns = columns();
        Integer inserted = forgettingWhatChanged(() -> {
            int done = 0;
            int width = names().size();
            try (Connection connection = next.dataSource().getConnection()) {
                for (int first = 0, end; first < rows.size(); first = end) {
                    end = endOfPortion(rows, first, width);
                    done += insert(connection, columns, rows.subList(first, end), width);
                }
            }
            return done;
        });
        return Objects.requireNonNull(inserted);
    }

    private static int endOfPortion(List<Row> rows, int first, int width) {
        int most = Math.max(1, Math.min(MAX_ROWS_PER_INSERT, MAX_PARAMETERS / width));
        int end = first + 1;
        long bytes = bytes(rows.get(first));
        while (end < rows.size() && end - first < most) {
            bytes += bytes(rows.get(end));
            if (bytes > MAX_BYTES_PER_INSERT) {
                break;
            }
            end++;
        }
        return end;
    }

    private int insert(Connection connection, CopiedColumns columns, List<Row> rows, int width) throws SQLException {
        KeyedRows target = columns.next();
        String one =
                IntStream.range(0, width).mapToObj(target::placeholder).collect(Collectors.joining(", ", "(", ")"));
        String sql =
                target.insertIfAbsent(parts.table(), names(), String.join(", ", Collections.nCopies(rows.size(), one)));
        try (PreparedStatement insert = connection.prepareStatement(columns.goByZone() ? IN_UTC + sql : sql)) {
            int index = 1;
            for (Row row : rows) {
                List<Object> key = parts.toColumns().apply(row.key().key());
                for (int i = 0; i < key.size(); i++) {
                    target.bind(insert, index++, i, key.get(i));
                }
                @Nullable Object[] values = values(row);
                for (int i = 0; i < values.length; i++) {
                    target.bind(insert, index++, key.size() + i, columns.written(i, values[i]));
                }
            }
            return Math.min(rows.size(), insert.executeUpdate());
        }
    }

    @Override
    public Optional<RangeDigest> digest(Side side, KeyRange range, int max) throws Throwable {
        CopiedColumns columns = columns();
        RangeDigests digests = columns.digests().orElse(null);
        if (digests == null) {
            return Optional.empty();
        }
        Database database = side == Side.LEGACY ? legacy : next;
        KeyedRows rows = side == Side.LEGACY ? columns.legacy() : columns.next();
        try {
            RangeDigests.Sum sum = forgettingWhatChanged(() -> database.inTransaction(() -> {
                try (Connection connection = database.dataSource().getConnection()) {
                    return digests.sum(connection, side, rows, columnsOf(range.after()), columnsOf(range.upTo()), max);
                }
            }));
            return Optional.ofNullable(sum)
                    .map(found -> new RangeDigest(keyOf(found.last()), found.rows(), found.digest()));
        } catch (SQLException failure) {
            if (failure.getSQLState() != null && failure.getSQLState().startsWith(NO_SUCH_VALUE)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private @Nullable EntityKey keyOf(@Nullable List<Object> columns) {
        return columns == null ? null : new EntityKey(entity, parts.toKey().apply(columns));
    }

    @Override
    public boolean isSame(Row legacyRow, Row newRow) {
        return Objects.requireNonNull(known).isSame(values(legacyRow), values(newRow));
    }

    @Override
    public List<FieldDifference> differences(Row legacyRow, Row newRow, Side primary) {
        return Objects.requireNonNull(known).differences(values(legacyRow), values(newRow), primary);
    }

    private static @Nullable Object[] values(Row row) {
        return (@Nullable Object[]) Objects.requireNonNull(row.state());
    }
}
