package dev.crossfade.jdbc;

import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.jdbc.TableCopy.CopiedColumn;
import dev.crossfade.jdbc.TableCopy.CopiedKey;
import dev.crossfade.jdbc.internal.bulk.BinaryRow;
import dev.crossfade.jdbc.internal.bulk.PostgreSqlCopy;
import dev.crossfade.jdbc.internal.bulk.PostgreSqlType;
import dev.crossfade.jdbc.internal.sql.Dialect;
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

    /** The class of SQLState of a value that an expression does not take, such as JSON that is none to the other type. */
    private static final String NO_SUCH_VALUE = "22";

    /** The class of SQLState of what is beyond a database's limits, such as the 100 arguments of a function. */
    private static final String TOO_MUCH = "54";

    private final String entity;
    private final TableCopy.Parts parts;
    private final Database legacy;
    private final Database next;

    private final PageBytes pageBytes = new PageBytes();

    private volatile @Nullable Layout layout;

    /** Whether a table has changed since. */
    private volatile boolean outdated;

    private final @Nullable Window window;

    /**
     * How rows are read and written.
     *
     * @param fromBinary types of the legacy columns, if their rows are read in PostgreSQL's binary form
     * @param toBinary   the same of the new columns
     * @param asTheyAre  whether rows stay in that form, because it holds the same on both sides
     * @param bulk       {@code null} if rows are inserted by statements only
     */
    private record Layout(
            CopiedColumns columns,
            @Nullable List<PostgreSqlType> fromBinary,
            @Nullable List<PostgreSqlType> toBinary,
            boolean asTheyAre,
            @Nullable BulkInsert bulk) {
        @Nullable
        List<PostgreSqlType> binary(Side side) {
            return side == Side.LEGACY ? fromBinary : toBinary;
        }

        KeyedRows rows(Side side) {
            return side == Side.LEGACY ? columns.legacy() : columns.next();
        }
    }

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
    public Optional<BackfillSource> within(String column, Temporal first, Temporal end) throws SQLException {
        List<String> asTheyAre = parts.columns().stream()
                .filter(copied -> copied.mapping() == null)
                .map(CopiedColumn::name)
                .toList();
        if (!asTheyAre.contains(column)) {
            throw new IllegalArgumentException("The table copy of " + entity + " takes no column '" + column
                    + "' over as it is; it does so with " + asTheyAre);
        }
        TableSource rows = new TableSource(entity, parts, next, new Window(column, first, end));
        rows.check();
        return Optional.of(rows);
    }

    /** As the catalogs tell it; looked up by as many threads as happen to come first. */
    private Layout layout() throws SQLException {
        Layout known = layout;
        if (known == null || outdated) {
            outdated = false;
            try (Connection from = legacy.dataSource().getConnection();
                    Connection to = next.dataSource().getConnection()) {
                known = layout(from, to);
            }
            layout = known;
        }
        return known;
    }

    private Layout layout(Connection from, Connection to) throws SQLException {
        CopiedColumns all = CopiedColumns.of(parts, from, to);
        CopiedColumns columns = window == null ? all : all.within(window.column(), window.from(), window.until());
        // COPY has no parameters, which the times of a window are.
        boolean inBulk = parts.isInBulk() && window == null;
        List<PostgreSqlType> fromBinary =
                inBulk && columns.areTakenOver() ? columns.legacy().binaryTypes(from) : null;
        List<PostgreSqlType> toBinary =
                inBulk && !columns.compareThemselves() ? columns.next().binaryTypes(to) : null;
        return new Layout(
                columns,
                fromBinary,
                toBinary,
                fromBinary != null && fromBinary.equals(toBinary) && columns.keepAll(),
                inBulk ? BulkInsert.into(to, entity, parts.table(), names(), columns.kinds()) : null);
    }

    @Override
    public void check() throws SQLException {
        layout();
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
            return layout().columns().legacy().estimate(connection);
        } catch (SQLException failure) {
            throw new IllegalStateException("the legacy query could not be explained", failure);
        }
    }

    @Override
    public List<Row> read(Side side, KeyRange range, int max) throws Throwable {
        Layout plan = layout();
        return inTransaction(
                side,
                connection -> plan.columns().areOfAnySize()
                        ? readByBytes(connection, plan, side, range, max)
                        : portion(connection, plan, side, range, max));
    }

    /** In portions, until there are enough rows or bytes: as many as fit by what rows were before, half of them at least. */
    private List<Row> readByBytes(Connection connection, Layout plan, Side side, KeyRange range, int max)
            throws SQLException {
        List<Row> page = new ArrayList<>();
        KeyRange rest = range;
        long bytes = 0;
        boolean more = true;
        while (more) {
            int asked =
                    (int) Math.max(1, pageBytes.limit(max - page.size()) * (PageBytes.MOST - bytes) / PageBytes.MOST);
            List<Row> some = portion(connection, plan, side, rest, asked);
            pageBytes.saw(
                    some.size(),
                    some.stream().mapToLong(TableSource::bytes).max().orElse(0));
            page.addAll(some);
            bytes += some.stream().mapToLong(TableSource::bytes).sum();
            more = some.size() == asked && page.size() < max && bytes < PageBytes.MOST / 2;
            if (more) {
                rest = new KeyRange(some.get(asked - 1).key(), range.upTo());
            }
        }
        return page;
    }

    private List<Row> portion(Connection connection, Layout plan, Side side, KeyRange range, int max)
            throws SQLException {
        return plan.binary(side) == null
                ? readByStatement(connection, plan, side, range, max)
                : readByCopy(connection, plan, side, range, max);
    }

    private static long bytes(Row row) {
        if (row.state() instanceof BinaryRow binary) {
            return binary.length();
        }
        return row.state() == null ? 0 : PageBytes.bytes((@Nullable Object[]) row.state());
    }

    private List<Row> readByCopy(Connection connection, Layout plan, Side side, KeyRange range, int max)
            throws SQLException {
        KeyedRows source = plan.rows(side);
        List<PostgreSqlType> types = Objects.requireNonNull(plan.binary(side));
        String query = source.selectLiterally(connection, columnsOf(range.after()), columnsOf(range.upTo()), max);
        List<Row> rows = new ArrayList<>();
        for (BinaryRow binary : PostgreSqlCopy.read(connection, query)) {
            EntityKey key = keyOf(source.key(binary, types));
            rows.add(plan.asTheyAre() ? new Row(key, binary, null) : decoded(plan, side, key, binary, types));
        }
        return rows;
    }

    private static Row decoded(Layout plan, Side side, EntityKey key, BinaryRow binary, List<PostgreSqlType> types) {
        @Nullable Object[] raw = binary.values(types, plan.rows(side).keys(), types.size());
        try {
            CopiedColumns columns = plan.columns();
            return new Row(key, side == Side.LEGACY ? columns.taken(raw) : columns.normal(raw), null);
        } catch (CopiedColumns.Unmappable unmappable) {
            return new Row(key, null, unmappable.why());
        }
    }

    private List<Row> readByStatement(Connection connection, Layout plan, Side side, KeyRange range, int max)
            throws SQLException {
        return rows(
                plan, side, plan.rows(side).select(connection, columnsOf(range.after()), columnsOf(range.upTo()), max));
    }

    private List<Row> rows(Layout plan, Side side, PreparedStatement statement) throws SQLException {
        KeyedRows source = plan.rows(side);
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement select = statement;
                ResultSet row = select.executeQuery()) {
            source.requireColumns(row);
            while (row.next()) {
                rows.add(row(plan.columns(), side, keyOf(source.key(row)), row));
            }
        }
        return rows;
    }

    @Override
    public List<Row> find(Side side, Collection<EntityKey> keys) throws Throwable {
        if (keys.isEmpty()) {
            return List.of();
        }
        Layout plan = layout();
        List<List<Object>> wanted =
                keys.stream().map(key -> parts.toColumns().apply(key.key())).toList();
        List<Row> rows = inTransaction(
                side, connection -> rows(plan, side, plan.rows(side).find(connection, wanted)));
        Set<EntityKey> asked = new HashSet<>(keys);
        return rows.stream().filter(row -> asked.contains(row.key())).toList();
    }

    /** The databases look at every key, and take them by a chance of their own. */
    @Override
    public List<EntityKey> sample(Side side, int max, RandomGenerator random) throws Throwable {
        KeyedRows source = layout().rows(side);
        return inTransaction(side, connection -> {
            List<EntityKey> keys = new ArrayList<>();
            try (PreparedStatement select = source.sample(connection, max);
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    keys.add(keyOf(source.key(row)));
                }
            }
            return keys;
        });
    }

    private static Row row(CopiedColumns columns, Side side, EntityKey key, ResultSet row) throws SQLException {
        try {
            return new Row(key, side == Side.LEGACY ? columns.read(row) : columns.held(row), null);
        } catch (CopiedColumns.Unmappable unmappable) {
            return new Row(key, null, unmappable.why());
        }
    }

    @FunctionalInterface
    private interface SqlWork<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T inTransaction(Side side, SqlWork<T> work) throws Throwable {
        Database database = side == Side.LEGACY ? legacy : next;
        return Objects.requireNonNull(forgettingWhatChanged(() -> database.inTransaction(() -> {
            try (Connection connection = database.dataSource().getConnection()) {
                return work.run(connection);
            }
        })));
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

    private EntityKey keyOf(List<Object> columns) {
        return new EntityKey(entity, parts.toKey().apply(columns));
    }

    private @Nullable List<Object> columnsOf(@Nullable EntityKey key) {
        return key == null ? null : parts.toColumns().apply(key.key());
    }

    /** What the columns that are no keys hold. */
    private static @Nullable Object[] values(Side side, Row row, Layout plan) {
        Object state = Objects.requireNonNull(row.state());
        if (!(state instanceof BinaryRow binary)) {
            return (@Nullable Object[]) state;
        }
        List<PostgreSqlType> types = Objects.requireNonNull(plan.binary(side));
        try {
            return plan.columns().normal(binary.values(types, plan.rows(side).keys(), types.size()));
        } catch (CopiedColumns.Unmappable impossible) {
            throw new IllegalStateException("a value of a type that both sides have has no form", impossible);
        }
    }

    @Override
    public int insertMissing(List<Row> rows) throws Throwable {
        Layout plan = layout();
        Integer inserted = forgettingWhatChanged(() -> {
            try (Connection connection = next.dataSource().getConnection()) {
                return insertInBulk(connection, rows, plan)
                        ? (Integer) rows.size()
                        : insertByStatements(connection, rows, plan);
            }
        });
        return Objects.requireNonNull(inserted);
    }

    private boolean insertInBulk(Connection connection, List<Row> rows, Layout plan) throws SQLException {
        BulkInsert bulk = plan.bulk();
        if (bulk == null) {
            return false;
        }
        boolean asTheyAre = plan.asTheyAre() && rows.stream().allMatch(row -> row.state() instanceof BinaryRow);
        return asTheyAre
                ? bulk.insertBinary(
                        connection,
                        rows.stream().map(row -> (BinaryRow) row.state()).toList())
                : bulk.insert(
                        connection,
                        () -> rows.stream().map(row -> written(row, plan)).iterator(),
                        rows.size());
    }

    private int insertByStatements(Connection connection, List<Row> rows, Layout plan) throws SQLException {
        int done = 0;
        int width = names().size();
        for (int first = 0, end; first < rows.size(); first = end) {
            end = endOfPortion(rows, first, width);
            done += insert(connection, plan, rows.subList(first, end), width);
        }
        return done;
    }

    /** The values of all columns as statements take them, those of the key first. */
    private List<@Nullable Object> written(Row row, Layout plan) {
        List<@Nullable Object> written =
                new ArrayList<>(parts.toColumns().apply(row.key().key()));
        @Nullable Object[] values = values(Side.LEGACY, row, plan);
        for (int i = 0; i < values.length; i++) {
            written.add(plan.columns().written(i, values[i]));
        }
        return written;
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

    private int insert(Connection connection, Layout plan, List<Row> rows, int width) throws SQLException {
        try {
            return insertThese(connection, plan, rows, width);
        } catch (SQLException failure) {
            KeyedRows target = plan.columns().next();
            if (target.dialect() != Dialect.MARIADB || !FailureKind.isDuplicate(failure)) {
                throw failure;
            }
            List<Row> absent = absent(connection, target, rows);
            if (absent.size() == rows.size()) {
                // By none of the keys: another unique value is in the way.
                throw failure;
            }
            return absent.isEmpty() ? 0 : insertThese(connection, plan, absent, width);
        }
    }

    private List<Row> absent(Connection connection, KeyedRows target, List<Row> rows) throws SQLException {
        List<List<Object>> wanted = rows.stream()
                .map(row -> parts.toColumns().apply(row.key().key()))
                .toList();
        Set<EntityKey> present = new HashSet<>();
        try (PreparedStatement select = target.findKeys(connection, wanted);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                present.add(keyOf(target.key(row)));
            }
        }
        // Of a row alone the database says whether its key is there, perhaps in another spelling.
        return rows.size() == 1 && !present.isEmpty()
                ? List.of()
                : rows.stream().filter(row -> !present.contains(row.key())).toList();
    }

    private int insertThese(Connection connection, Layout plan, List<Row> rows, int width) throws SQLException {
        KeyedRows target = plan.columns().next();
        String one =
                IntStream.range(0, width).mapToObj(target::placeholder).collect(Collectors.joining(", ", "(", ")"));
        String sql = target.insertIfAbsent(
                parts.table(),
                names(),
                rows.stream().map(row -> one).collect(Collectors.joining(", ")),
                plan.columns().goByZone());
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int index = 1;
            for (Row row : rows) {
                List<@Nullable Object> values = written(row, plan);
                for (int column = 0; column < width; column++) {
                    target.bind(insert, index++, column, values.get(column));
                }
            }
            return insert.executeUpdate();
        }
    }

    @Override
    public Optional<RangeDigest> digest(Side side, KeyRange range, int max) throws Throwable {
        Layout plan = layout();
        RangeDigests digests = plan.columns().digests().orElse(null);
        if (digests == null) {
            return Optional.empty();
        }
        KeyedRows rows = plan.rows(side);
        try {
            RangeDigests.Sum sum = inTransaction(
                    side,
                    connection -> digests.sum(
                            connection, side, rows, columnsOf(range.after()), columnsOf(range.upTo()), max));
            List<Object> last = sum.last();
            return Optional.of(new RangeDigest(last == null ? null : keyOf(last), sum.rows(), sum.digest()));
        } catch (SQLException failure) {
            String state = failure.getSQLState();
            if (state != null && (state.startsWith(NO_SUCH_VALUE) || state.startsWith(TOO_MUCH))) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    @Override
    public boolean heedsBounds() {
        return true;
    }

    @Override
    public boolean isSame(Row legacyRow, Row newRow) {
        Layout plan = Objects.requireNonNull(layout);
        if (legacyRow.state() instanceof BinaryRow wanted
                && newRow.state() instanceof BinaryRow held
                && wanted.isSameAs(held)) {
            return true;
        }
        return plan.columns().isSame(values(Side.LEGACY, legacyRow, plan), values(Side.NEW, newRow, plan));
    }

    @Override
    public List<FieldDifference> differences(Row legacyRow, Row newRow, Side primary) {
        Layout plan = Objects.requireNonNull(layout);
        return plan.columns()
                .differences(values(Side.LEGACY, legacyRow, plan), values(Side.NEW, newRow, plan), primary);
    }
}
