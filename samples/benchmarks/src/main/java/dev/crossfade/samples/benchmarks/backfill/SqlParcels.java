package dev.crossfade.samples.benchmarks.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Parcels by plain JDBC, several of them in one statement. */
final class SqlParcels implements Parcels {
    private static final int AT_ONCE = 500;
    private static final String ALL = String.join(", ", Stores.COLUMNS);
    private static final String ONE = "(" + String.join(", ", Collections.nCopies(Stores.COLUMNS.size(), "?")) + ")";

    private final DataSource dataSource;
    private final String onConflict;

    SqlParcels(DataSource dataSource, boolean mariaDb) {
        this.dataSource = dataSource;
        this.onConflict = Stores.COLUMNS.stream()
                .skip(1)
                .map(column -> column + " = " + (mariaDb ? "VALUES(" + column + ")" : "excluded." + column))
                .collect(Collectors.joining(
                        ", ", mariaDb ? " ON DUPLICATE KEY UPDATE " : " ON CONFLICT (id) DO UPDATE SET ", ""));
    }

    /** Statements on one connection. */
    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T on(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            return work.run(connection);
        } catch (SQLException failure) {
            throw new IllegalStateException("a statement on parcels failed", failure);
        }
    }

    @Override
    public Optional<Parcel> findById(long id) {
        return findAllById(List.of(id)).stream().findFirst();
    }

    @Override
    public List<Parcel> findAllById(Collection<Long> ids) {
        List<Parcel> found = new ArrayList<>(ids.size());
        for (List<Long> some : portions(ids)) {
            String sql = "SELECT " + ALL + " FROM parcel WHERE id IN ("
                    + String.join(", ", Collections.nCopies(some.size(), "?")) + ")";
            found.addAll(select(sql, some));
        }
        return found;
    }

    @Override
    public List<Parcel> findPage(@Nullable Long after, @Nullable Long upTo, int max) {
        List<Long> bounds = new ArrayList<>();
        StringBuilder sql = new StringBuilder("SELECT " + ALL + " FROM parcel WHERE TRUE");
        if (after != null) {
            sql.append(" AND id > ?");
            bounds.add(after);
        }
        if (upTo != null) {
            sql.append(" AND id <= ?");
            bounds.add(upTo);
        }
        return select(sql.append(" ORDER BY id LIMIT ").append(max).toString(), bounds);
    }

    private List<Parcel> select(String sql, List<Long> parameters) {
        return on(connection -> {
            List<Parcel> parcels = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.size(); i++) {
                    select.setLong(i + 1, parameters.get(i));
                }
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        parcels.add(new Parcel(
                                row.getLong(1),
                                row.getLong(2),
                                row.getString(3),
                                row.getString(4),
                                row.getInt(5),
                                row.getBigDecimal(6),
                                row.getBigDecimal(7),
                                row.getString(8),
                                row.getBoolean(9),
                                row.getObject(10, LocalDateTime.class),
                                row.getObject(11, LocalDateTime.class),
                                row.getString(12)));
                    }
                }
            }
            return parcels;
        });
    }

    @Override
    public void put(Parcel parcel) {
        putAll(List.of(parcel));
    }

    @Override
    public void putAll(Collection<Parcel> parcels) {
        for (List<Parcel> some : portions(parcels)) {
            on(connection -> put(connection, some));
        }
    }

    private int put(Connection connection, List<Parcel> parcels) throws SQLException {
        String sql = "INSERT INTO parcel (" + ALL + ") VALUES "
                + String.join(", ", Collections.nCopies(parcels.size(), ONE)) + onConflict;
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int first = 1;
            for (Parcel parcel : parcels) {
                bind(insert, first, parcel);
                first += Stores.COLUMNS.size();
            }
            return insert.executeUpdate();
        }
    }

    private static void bind(PreparedStatement insert, int first, Parcel parcel) throws SQLException {
        insert.setLong(first, parcel.id());
        insert.setLong(first + 1, parcel.customer());
        insert.setString(first + 2, parcel.number());
        insert.setString(first + 3, parcel.status());
        insert.setInt(first + 4, parcel.pieces());
        insert.setBigDecimal(first + 5, parcel.total());
        insert.setBigDecimal(first + 6, parcel.tax());
        insert.setString(first + 7, parcel.currency());
        insert.setBoolean(first + 8, parcel.paid());
        insert.setObject(first + 9, parcel.createdAt());
        insert.setObject(first + 10, parcel.changedAt());
        insert.setString(first + 11, parcel.note());
    }

    @Override
    public void deleteById(long id) {
        deleteAllById(List.of(id));
    }

    @Override
    public void deleteAllById(Collection<Long> ids) {
        for (long id : ids) {
            on(connection -> {
                try (PreparedStatement delete = connection.prepareStatement("DELETE FROM parcel WHERE id = ?")) {
                    delete.setLong(1, id);
                    return delete.executeUpdate();
                }
            });
        }
    }

    private static <T> List<List<T>> portions(Collection<T> all) {
        List<T> list = List.copyOf(all);
        List<List<T>> portions = new ArrayList<>();
        for (int first = 0; first < list.size(); first += AT_ONCE) {
            portions.add(list.subList(first, Math.min(list.size(), first + AT_ONCE)));
        }
        return portions;
    }
}
