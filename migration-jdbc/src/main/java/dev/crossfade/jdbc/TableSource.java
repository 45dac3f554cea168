package dev.crossfade.jdbc;

import dev.crossfade.Side;
import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.compare.ComparisonRules;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.jdbc.TableCopy.CopiedColumn;
import dev.crossfade.jdbc.TableCopy.CopiedKey;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.KeyRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of a query and of a table, as {@link TableCopy} describes them. What it asks the catalogs for is asked once. */
final class TableSource implements BackfillSource {
    private static final int MAX_ROWS_PER_INSERT = 500;

    /** PostgreSQL and MariaDB take 65 535 parameters; a statement of half as many is quick enough. */
    private static final int MAX_PARAMETERS = 30_000;

    private static final ComparisonEngine VALUES =
            ComparisonEngine.of(ComparisonRules.builder().build());

    private final String entity;
    private final TableCopy.Parts parts;
    private final Database legacy;
    private final Database next;

    private volatile @Nullable KeyedRows from;
    private volatile @Nullable KeyedRows to;
    private final RowBudget fromBudget = new RowBudget();
    private final RowBudget toBudget = new RowBudget();

    TableSource(String entity, TableCopy.Parts parts, Database next) {
        this.entity = entity;
        this.parts = parts;
        this.legacy = parts.legacy();
        this.next = next;
    }

    /** The legacy side; looked up by as many threads as happen to come first. */
    private KeyedRows from(Connection connection) throws SQLException {
        KeyedRows known = from;
        if (known == null) {
            List<String> keys = parts.keys().stream().map(CopiedKey::from).toList();
            known = KeyedRows.of(connection, "(" + parts.query() + ") q", keys, types(), "*");
            from = known;
        }
        return known;
    }

    /** The new side. */
    private KeyedRows to(Connection connection) throws SQLException {
        KeyedRows known = to;
        if (known == null) {
            List<String> keys = parts.keys().stream().map(CopiedKey::to).toList();
            known = KeyedRows.of(connection, parts.table(), keys, types(), String.join(", ", columns()));
            to = known;
        }
        return known;
    }

    private List<Class<?>> types() {
        List<Class<?>> types = new ArrayList<>();
        parts.keys().forEach(key -> types.add(key.type()));
        return types;
    }

    /** The table's columns as they are read and written, those of the key first. */
    private List<String> columns() {
        return Stream.concat(
                        parts.keys().stream().map(CopiedKey::to),
                        parts.columns().stream().map(CopiedColumn::name))
                .toList();
    }

    /** As the database's planner sees it: counting would read every row. */
    @Override
    public OptionalLong estimatedRows() {
        try (Connection connection = legacy.dataSource().getConnection()) {
            return from(connection).estimate(connection);
        } catch (SQLException failure) {
            throw new IllegalStateException("the legacy query could not be explained", failure);
        }
    }

    @Override
    public List<Row> read(Side side, KeyRange range, int max) throws Throwable {
        List<Row> rows = new ArrayList<>();
        Database database = side == Side.LEGACY ? legacy : next;
        RowBudget budget = side == Side.LEGACY ? fromBudget : toBudget;
        int limit = budget.next(max);
        long[] bytes = {0};
        database.inTransaction(() -> {
            try (Connection connection = database.dataSource().getConnection()) {
                KeyedRows source = side == Side.LEGACY ? from(connection) : to(connection);
                try (PreparedStatement select =
                        source.select(connection, columnsOf(range.after()), columnsOf(range.upTo()), limit)) {
                    select.setFetchSize(RowBudget.fetch(limit));
                    try (ResultSet row = select.executeQuery()) {
                        while (bytes[0] < RowBudget.PAGE_BYTES && row.next()) {
                            EntityKey key = new EntityKey(entity, parts.toKey().apply(source.key(row)));
                            Row read = side == Side.LEGACY ? mapped(key, row) : held(key, row);
                            rows.add(read);
                            bytes[0] += bytesOf(read);
                        }
                    }
                }
            }
            return true;
        });
        budget.read(rows.size(), bytes[0]);
        return rows;
    }

    private static long bytesOf(Row row) {
        return RowBudget.bytesOf(row.state() == null ? List.of() : Arrays.asList((@Nullable Object[]) row.state()));
    }

    private @Nullable List<Object> columnsOf(@Nullable EntityKey key) {
        return key == null ? null : parts.toColumns().apply(key.key());
    }

    private Row mapped(EntityKey key, ResultSet row) throws SQLException {
        @Nullable Object[] values = new Object[parts.columns().size()];
        for (int i = 0; i < values.length; i++) {
            CopiedColumn column = parts.columns().get(i);
            try {
                values[i] = column.mapping() == null
                        ? row.getObject(column.name())
                        : column.mapping().map(row);
            } catch (SQLException failure) {
                if (FailureKind.of(failure) != FailureKind.REFUSED) {
                    throw failure;
                }
                return unmappable(key, column, failure);
            } catch (RuntimeException failure) {
                return unmappable(key, column, failure);
            }
        }
        return new Row(key, values, null);
    }

    private static Row unmappable(EntityKey key, CopiedColumn column, Exception failure) {
        return new Row(key, null, "column " + column.name() + " cannot be mapped: " + FailureSummary.of(failure));
    }

    private Row held(EntityKey key, ResultSet row) throws SQLException {
        @Nullable Object[] values = new Object[parts.columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.getObject(parts.columns().get(i).name());
        }
        return new Row(key, values, null);
    }

    @Override
    public int insertMissing(List<Row> rows) throws SQLException {
        int inserted = 0;
        try (Connection connection = next.dataSource().getConnection()) {
            KeyedRows target = to(connection);
            int columns = columns().size();
            int portion = Math.max(1, Math.min(MAX_ROWS_PER_INSERT, MAX_PARAMETERS / columns));
            int first = 0;
            while (first < rows.size()) {
                int end = endOfStatement(rows, first, portion);
                inserted += insert(connection, target, rows.subList(first, end), columns);
                first = end;
            }
        }
        return inserted;
    }

    private static int endOfStatement(List<Row> rows, int first, int portion) {
        int end = first;
        for (long bytes = 0; end < rows.size() && end < first + portion && bytes < RowBudget.STATEMENT_BYTES; end++) {
            bytes += bytesOf(rows.get(end));
        }
        return end;
    }

    private int insert(Connection connection, KeyedRows target, List<Row> rows, int columns) throws SQLException {
        String one = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
        String sql = target.insertIfAbsent(
                parts.table(), columns(), String.join(", ", Collections.nCopies(rows.size(), one)));
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int index = 1;
            for (Row row : rows) {
                List<@Nullable Object> values =
                        new ArrayList<>(parts.toColumns().apply(row.key().key()));
                values.addAll(Arrays.asList((@Nullable Object[]) Objects.requireNonNull(row.state())));
                for (int column = 0; column < columns; column++) {
                    target.bind(insert, index++, column, values.get(column));
                }
            }
            return Math.min(rows.size(), insert.executeUpdate());
        }
    }

    @Override
    public boolean isSame(Row primary, Row secondary) {
        @Nullable Object[] wanted = (@Nullable Object[]) Objects.requireNonNull(primary.state());
        @Nullable Object[] held = (@Nullable Object[]) Objects.requireNonNull(secondary.state());
        for (int i = 0; i < wanted.length; i++) {
            if (!isSame(parts.columns().get(i), wanted[i], held[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(CopiedColumn column, @Nullable Object wanted, @Nullable Object held) {
        if (column.equality() != null) {
            return column.equality().test(wanted, held);
        }
        if (wanted == null || held == null) {
            return wanted == held;
        }
        if (wanted instanceof byte[] x && held instanceof byte[] y) {
            return Arrays.equals(x, y);
        }
        return wanted.equals(held)
                || VALUES.compare(KeyedRows.plain(wanted), KeyedRows.plain(held)) instanceof Comparison.Match;
    }
}
