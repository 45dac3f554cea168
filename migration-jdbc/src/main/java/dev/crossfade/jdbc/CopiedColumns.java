package dev.crossfade.jdbc;

import dev.crossfade.Side;
import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.compare.ComparisonRules;
import dev.crossfade.compare.DifferenceClass;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.jdbc.ColumnType.Kind;
import dev.crossfade.jdbc.TableCopy.CopiedColumn;
import dev.crossfade.jdbc.TableCopy.CopiedKey;
import dev.crossfade.jdbc.internal.bulk.ColumnKind;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.spi.FailureSummary;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The columns of a {@link TableCopy} as the catalogs of both sides know them. Immutable. */
final class CopiedColumns {
    private static final ComparisonEngine VALUES =
            ComparisonEngine.of(ComparisonRules.builder().build());

    private static final long ROOM_FOR_THE_STATEMENT = 64 << 10;

    /** Of a column that is looked up by a name which the driver has not returned. */
    private static final ColumnType UNKNOWN = new ColumnType(Dialect.H2, Kind.OTHER, "unknown", 0, 0);

    private final List<Column> columns;
    private final KeyedRows legacy;
    private final KeyedRows next;
    private final @Nullable RangeDigests digests;
    private final long mostBytes;

    /**
     * A column that is no key.
     *
     * @param from its type in the legacy query; {@code null} if it is mapped
     * @param form {@code null} if it compares itself
     * @param read where it stands in what is read of the legacy side; 0 if it is mapped
     */
    private record Column(
            CopiedColumn copied,
            @Nullable ColumnType from,
            ColumnType to,
            @Nullable CanonicalForm form,
            int read) {}

    /** Why the values of a row do not cross. */
    static final class Unmappable extends Exception {
        private static final long serialVersionUID = 1L;

        private Unmappable(String why) {
            super(why, null, false, false);
        }

        /** Names the column and no value. */
        String why() {
            return String.valueOf(getMessage());
        }
    }

    private CopiedColumns(
            List<Column> columns, KeyedRows legacy, KeyedRows next, @Nullable RangeDigests digests, long mostBytes) {
        this.columns = columns;
        this.legacy = legacy;
        this.next = next;
        this.digests = digests;
        this.mostBytes = mostBytes;
    }

    /**
     * Looks them up.
     *
     * @throws IllegalStateException if there is no such column, or none that can be copied as it is
     */
    static CopiedColumns of(TableCopy.Parts parts, Connection legacy, Connection next) throws SQLException {
        String query = "(" + parts.query() + ") q";
        List<String> ownKeys = parts.keys().stream().map(CopiedKey::from).toList();
        List<String> newKeys = parts.keys().stream().map(CopiedKey::to).toList();
        List<Class<?>> keyTypes = new ArrayList<>();
        parts.keys().forEach(key -> keyTypes.add(key.type()));
        Map<String, ColumnType> from = types(legacy, "*", query);
        Map<String, ColumnType> to = types(next, "*", parts.table());
        boolean wholeRow = parts.columns().stream().anyMatch(column -> column.mapping() != null);
        List<String> selected = new ArrayList<>(wholeRow ? List.of("*") : ownKeys);
        List<String> labels = new ArrayList<>(wholeRow ? from.keySet() : ownKeys);
        List<String> mistakes = new ArrayList<>();
        requireAmong(from, ownKeys, "of the legacy query", mistakes);
        requireAmong(
                to,
                Stream.concat(newKeys.stream(), parts.columns().stream().map(CopiedColumn::name))
                        .toList(),
                "of the new table " + parts.table(),
                mistakes);
        List<Column> columns = new ArrayList<>();
        for (CopiedColumn column : parts.columns()) {
            columns.add(column(column, from, to, wholeRow, selected, labels, mistakes));
        }
        boolean takesNoZone = next.getMetaData().getDatabaseProductName().equals("MySQL")
                && columns.stream().anyMatch(column -> column.to().kind() == Kind.INSTANT);
        if (takesNoZone) {
            mistakes.add("a TIMESTAMP of MySQL is written by the zone of the session; use DATETIME");
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalStateException(String.join("; ", mistakes));
        }
        List<String> written = new ArrayList<>(newKeys);
        columns.forEach(
                column -> written.add(labelled(column.copied().name(), selectedOn(column), column.form() == null)));
        return new CopiedColumns(
                List.copyOf(columns),
                KeyedRows.of(legacy, query, ownKeys, keyTypes, String.join(", ", selected)),
                KeyedRows.of(next, parts.table(), newKeys, keyTypes, String.join(", ", written)),
                digests(parts, columns, from, to, legacy, next),
                mostBytes(next));
    }

    /** MariaDB closes the connection on a statement that is larger. */
    private static long mostBytes(Connection next) throws SQLException {
        if (Dialect.of(next) != Dialect.MARIADB) {
            return Long.MAX_VALUE;
        }
        try (Statement statement = next.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@max_allowed_packet")) {
            row.next();
            return row.getLong(1) - ROOM_FOR_THE_STATEMENT;
        }
    }

    /** Of copies that need no Java: the databases make no mappings. */
    private static @Nullable RangeDigests digests(
            TableCopy.Parts parts,
            List<Column> columns,
            Map<String, ColumnType> from,
            Map<String, ColumnType> to,
            Connection legacy,
            Connection next)
            throws SQLException {
        List<RangeDigests.Digested> digested = new ArrayList<>();
        for (CopiedKey key : parts.keys()) {
            ColumnType fromType = from.getOrDefault(lower(key.from()), UNKNOWN);
            ColumnType toType = to.getOrDefault(lower(key.to()), UNKNOWN);
            CanonicalForm form = CanonicalForm.of(fromType, toType).orElse(null);
            if (form == null) {
                return null;
            }
            digested.add(new RangeDigests.Digested(form, key.from(), fromType, key.to(), toType));
        }
        for (Column column : columns) {
            ColumnType fromType = column.from();
            CanonicalForm form = column.form();
            if (fromType == null || form == null) {
                return null;
            }
            String name = column.copied().name();
            digested.add(new RangeDigests.Digested(form, name, fromType, name, column.to()));
        }
        return RangeDigests.of(digested, legacy, next).orElse(null);
    }

    private static String selectedOn(Column column) {
        return CanonicalForm.selected(column.copied().name(), column.to());
    }

    private static String labelled(String name, String selected, boolean asItIs) {
        return asItIs || selected.equals(name) ? name : selected + " AS " + name;
    }

    private static Map<String, ColumnType> types(Connection connection, String columns, String rows)
            throws SQLException {
        Dialect dialect = Dialect.of(connection);
        Map<String, ColumnType> types = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT " + columns + " FROM " + rows + " WHERE 1 = 0")) {
            ResultSetMetaData meta = none.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                types.put(lower(meta.getColumnLabel(i)), ColumnType.of(dialect, meta, i));
            }
        }
        return types;
    }

    private static void requireAmong(
            Map<String, ColumnType> known, List<String> names, String whose, List<String> mistakes) {
        names.stream()
                .filter(name -> !known.containsKey(lower(name)))
                .forEach(name ->
                        mistakes.add("the column " + name + " is not among those " + whose + ", " + known.keySet()));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static Column column(
            CopiedColumn column,
            Map<String, ColumnType> fromTypes,
            Map<String, ColumnType> toTypes,
            boolean wholeRow,
            List<String> selected,
            List<String> labels,
            List<String> mistakes) {
        ColumnType to = toTypes.get(lower(column.name()));
        if (to == null) {
            return new Column(column, null, UNKNOWN, null, 0);
        }
        if (column.mapping() != null) {
            CanonicalForm form =
                    column.equality() != null ? null : CanonicalForm.of(to, to).orElse(null);
            return new Column(column, null, to, form, 0);
        }
        ColumnType from = fromTypes.get(lower(column.name()));
        if (from == null) {
            requireAmong(fromTypes, List.of(column.name()), "of the legacy query", mistakes);
            return new Column(column, null, to, null, 0);
        }
        CanonicalForm form = CanonicalForm.of(from, to).orElse(null);
        if (form == null) {
            mistakes.add("the column " + column.name() + " is " + from + " on the legacy side and " + to
                    + " on the new one, and what the one holds would have to be guessed from the other; make it with a"
                    + " mapping, column(name, row -> ..)");
        }
        String expression = CanonicalForm.selected(column.name(), from);
        int read = wholeRow ? labels.indexOf(lower(column.name())) + 1 : 0;
        if (!wholeRow || !expression.equals(column.name())) {
            selected.add(
                    wholeRow
                            ? expression + " AS crossfade_" + selected.size()
                            : labelled(column.name(), expression, false));
            labels.add(lower(column.name()));
            read = labels.size();
        }
        return new Column(column, from, to, form, read);
    }

    /**
     * These, of those rows only whose column, which is taken over as it is, lies in a window of time.
     *
     * @throws IllegalArgumentException if the column does not hold times of this kind on both sides
     */
    CopiedColumns within(String column, Temporal from, Temporal until) {
        Set<Kind> fitting = from instanceof Instant ? EnumSet.of(Kind.INSTANT) : EnumSet.of(Kind.LOCAL, Kind.DATE);
        for (Column one : columns) {
            ColumnType here = one.from();
            boolean fits = here != null
                    && fitting.contains(here.kind())
                    && fitting.contains(one.to().kind());
            if (one.copied().name().equals(column) && !fits) {
                throw new IllegalArgumentException("The column " + column + " is " + here + " on the legacy side and "
                        + one.to() + " on the new one; a window goes by two Instants where both know a time zone, and "
                        + "by two LocalDateTimes where neither does");
            }
        }
        return new CopiedColumns(
                columns, legacy.within(column, from, until), next.within(column, from, until), digests, mostBytes);
    }

    /** The rows of the legacy query. */
    KeyedRows legacy() {
        return legacy;
    }

    /** The rows of the new table. */
    KeyedRows next() {
        return next;
    }

    /** How both databases digest the rows alike, if they can. */
    Optional<RangeDigests> digests() {
        return Optional.ofNullable(digests);
    }

    /**
     * The values of a row of the legacy query.
     *
     * @throws Unmappable if they do not cross as they are
     */
    @Nullable
    Object[] read(ResultSet row) throws SQLException, Unmappable {
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            Column column = columns.get(i);
            try {
                values[i] = read(column, row);
            } catch (UnfitValue unfit) {
                throw new Unmappable("column " + column.copied().name() + " " + unfit.why());
            } catch (SQLException failure) {
                if (FailureKind.of(failure) != FailureKind.REFUSED) {
                    throw failure;
                }
                throw unmapped(column, failure);
            } catch (RuntimeException failure) {
                throw unmapped(column, failure);
            }
        }
        requireSize(values);
        return values;
    }

    private void requireSize(@Nullable Object[] values) throws Unmappable {
        if (mostBytes < Long.MAX_VALUE && PageBytes.sent(values) > mostBytes) {
            throw new Unmappable("the row is larger than the new database takes");
        }
    }

    private static Unmappable unmapped(Column column, Exception failure) {
        return new Unmappable("column " + column.copied().name() + " cannot be mapped: " + FailureSummary.of(failure));
    }

    private static @Nullable Object read(Column column, ResultSet row) throws SQLException, UnfitValue {
        TableCopy.Mapping mapping = column.copied().mapping();
        CanonicalForm form = column.form();
        Object value;
        if (mapping != null) {
            value = mapping.map(row);
            if (value == null || form == null) {
                return value;
            }
            value = form.normal(value);
        } else {
            value = form == null || column.from() == null ? null : form.read(row, column.read(), column.from());
        }
        if (value != null) {
            requireFit(column, value);
        }
        return value;
    }

    private static void requireFit(Column column, Object value) throws UnfitValue {
        Fit.require(value, column.to());
        boolean dropsBlanks = column.to().kind() == Kind.PADDED_TEXT
                && (column.from() == null || column.from().kind() != Kind.PADDED_TEXT);
        if (dropsBlanks && value instanceof String text && text.endsWith(" ")) {
            throw new UnfitValue("ends in blanks, which the new column drops");
        }
    }

    /**
     * The values of a row of the legacy query of which every column is taken over as it is.
     *
     * @param raw of the columns that are no keys
     * @throws Unmappable if they do not cross as they are
     */
    @Nullable
    Object[] taken(@Nullable Object[] raw) throws Unmappable {
        @Nullable Object[] values = normal(raw);
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            try {
                if (value != null) {
                    requireFit(columns.get(i), value);
                }
            } catch (UnfitValue unfit) {
                throw new Unmappable("column " + columns.get(i).copied().name() + " " + unfit.why());
            }
        }
        requireSize(values);
        return values;
    }

    /**
     * Values of columns as the databases hold them, in their forms.
     *
     * @throws Unmappable if one has none
     */
    @Nullable
    Object[] normal(@Nullable Object[] raw) throws Unmappable {
        @Nullable Object[] values = new Object[raw.length];
        for (int i = 0; i < values.length; i++) {
            CanonicalForm form = columns.get(i).form();
            Object value = raw[i];
            try {
                values[i] = value == null || form == null ? value : form.normal(value);
            } catch (UnfitValue unfit) {
                throw new Unmappable("column " + columns.get(i).copied().name() + " " + unfit.why());
            }
        }
        return values;
    }

    /** Whether the new columns keep, unlooked at, whatever the legacy ones can hold. */
    boolean keepAll() {
        return columns.stream()
                .allMatch(column -> column.from() != null
                        && column.from().dialect() == column.to().dialect()
                        && column.from().name().equals(column.to().name())
                        && column.to().keepsAllOf(column.from()));
    }

    /** Whether every column is taken over as it is. */
    boolean areTakenOver() {
        return columns.stream().allMatch(column -> column.from() != null);
    }

    /** Whether a column compares values by itself, as the driver gives them. */
    boolean compareThemselves() {
        return columns.stream().anyMatch(column -> column.form() == null);
    }

    /** How values are written as text, those of the key first. */
    List<ColumnKind> kinds() {
        List<ColumnKind> kinds = new ArrayList<>();
        for (int i = 1; i <= next.keys(); i++) {
            kinds.add(next.kind(i));
        }
        columns.forEach(column -> kinds.add(kind(column.to())));
        return kinds;
    }

    private static ColumnKind kind(ColumnType to) {
        return switch (to.kind()) {
            case BOOLEAN -> ColumnKind.BOOLEAN;
            case INTEGER -> ColumnKind.INTEGER;
            case DECIMAL, FLOAT, DOUBLE -> ColumnKind.DECIMAL;
            case TEXT, PADDED_TEXT -> ColumnKind.TEXT;
            case BINARY, PADDED_BINARY -> ColumnKind.BINARY;
            case DATE -> ColumnKind.DATE;
            case LOCAL -> ColumnKind.LOCAL_TIME;
            case INSTANT -> ColumnKind.INSTANT;
            case UUID -> ColumnKind.UUID;
            case JSON -> to.dialect() == Dialect.MARIADB ? ColumnKind.TEXT : ColumnKind.OTHER;
            case TIME, OTHER -> ColumnKind.OTHER;
        };
    }

    /**
     * The values of a row of the new table.
     *
     * @throws Unmappable if a column holds something that the legacy side cannot have
     */
    @Nullable
    Object[] held(ResultSet row) throws SQLException, Unmappable {
        @Nullable Object[] values = new Object[columns.size()];
        int first = next.keys() + 1;
        for (int i = 0; i < values.length; i++) {
            Column column = columns.get(i);
            CanonicalForm form = column.form();
            try {
                values[i] = form == null ? row.getObject(first + i) : form.read(row, first + i, column.to());
            } catch (UnfitValue unfit) {
                throw new Unmappable("column " + column.copied().name() + " of the new table " + unfit.why());
            }
        }
        return values;
    }

    /** The value of this column as a statement takes it. */
    @Nullable
    Object written(int column, @Nullable Object value) {
        return value == null
                ? null
                : CanonicalForm.written(value, columns.get(column).to());
    }

    /** Whether nothing bounds the size of a row. */
    boolean areOfAnySize() {
        return columns.stream()
                .map(Column::to)
                .anyMatch(to -> to.kind() == Kind.BINARY
                        || to.kind() == Kind.JSON
                        || (to.kind() == Kind.TEXT && to.size() == 0));
    }

    /** Whether points in time are written by what the session's zone says. */
    boolean goByZone() {
        return columns.stream()
                .map(Column::to)
                .anyMatch(to -> to.dialect() == Dialect.MARIADB && to.kind() == Kind.INSTANT);
    }

    /** Whether a row of the legacy query and one of the new table hold the same. */
    boolean isSame(@Nullable Object[] wanted, @Nullable Object[] held) {
        for (int i = 0; i < wanted.length; i++) {
            if (!isSame(columns.get(i), wanted[i], held[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Column column, @Nullable Object wanted, @Nullable Object held) {
        if (column.copied().equality() != null) {
            return column.copied().equality().test(wanted, held);
        }
        if (wanted == null || held == null) {
            return wanted == held;
        }
        CanonicalForm form = column.form();
        if (form != null && form.isSame(wanted, held)) {
            return true;
        }
        // What a mapping has made may be of a class that no column gives back.
        return (form == null || !form.has(wanted))
                && VALUES.compare(KeyedRows.plain(wanted), KeyedRows.plain(held)) instanceof Comparison.Match;
    }

    /** What differs between a row of the legacy query and one of the new table, by the names of the new columns. */
    List<FieldDifference> differences(@Nullable Object[] wanted, @Nullable Object[] held, Side primary) {
        List<FieldDifference> differences = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            if (!isSame(columns.get(i), wanted[i], held[i])) {
                DifferenceClass kind = primary == Side.LEGACY ? kind(wanted[i], held[i]) : kind(held[i], wanted[i]);
                differences.add(new FieldDifference(columns.get(i).copied().name(), kind, null, null));
            }
        }
        return differences;
    }

    /** In the words of the comparison; what it takes for equal differs by the column's own standards. */
    private static DifferenceClass kind(@Nullable Object first, @Nullable Object second) {
        return VALUES.compare(plain(first), plain(second)) instanceof Comparison.Mismatch mismatch
                ? mismatch.differences().get(0).kind()
                : DifferenceClass.VALUE;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return value == null ? null : KeyedRows.plain(value);
    }
}
