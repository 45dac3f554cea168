package dev.crossfade.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A foreign key that two databases cannot hold for each other, and the search for rows whose reference leads nowhere:
 *
 * <pre>{@code
 * OrphanReport report = References.from(shop, "orders", "user_id", Long.class)
 *         .key("id", Long.class)
 *         .to(accounts, "users", "id")
 *         .find();
 * }</pre>
 *
 * <p>Both databases may be of different products, and may be one. A row without a reference is none of its business. The
 * reference is one column; one of several columns cannot be declared. The rows are read in pages, in the order of their key,
 * which needs an index, and so does the column that is referred to. Nothing is locked and nothing is written: a reference
 * that leads nowhere is looked at again some time later, the row first, so that neither a target that comes a little later
 * nor a row that changes is reported. Whether a target is the one that is meant, its database says.
 *
 * <p>Immutable: each method returns a changed copy. Safe for use by many threads.
 */
public final class References {
    /** What is read at once by default. */
    public static final int DEFAULT_PAGE = 1_000;

    /** How long a reference has to lead nowhere by default: writes may be on their way. */
    public static final Duration DEFAULT_SETTLE = Duration.ofSeconds(2);

    /** So many orphans a policy takes at most by default. A table that was emptied makes orphans of everything. */
    public static final long DEFAULT_CAP = 1_000;

    private final Referring referring;
    private final @Nullable Target target;
    private final Settings settings;

    /** The rows that refer to others. */
    record Referring(
            Database database,
            String table,
            String column,
            Class<?> type,
            List<String> keys,
            List<Class<?>> keyTypes) {}

    /** What is referred to. */
    record Target(Database database, String table, String column) {}

    record Settings(int page, Duration settle, long cap) {}

    private References(Referring referring, @Nullable Target target, Settings settings) {
        this.referring = referring;
        this.target = target;
        this.settings = settings;
    }

    /**
     * What becomes of orphans: soft-deleted, moved to an archive, told to somebody. Of an entity that a migration writes, by its
     * repositories and in {@code migration.inTransaction(..)}.
     *
     * @param <X> what it throws
     */
    @FunctionalInterface
    public interface Policy<X extends Exception> {
        /**
         * Takes orphans, on the thread that looks for them and in no transaction. Until it returns nothing goes on. Orphans that
         * it does nothing about are found again the next time.
         */
        void apply(List<Orphan> orphans) throws X;
    }

    /**
     * The rows that refer to others.
     *
     * @param column the column that holds the reference
     * @param type   of the reference: {@code Long}, {@code Integer}, {@code Short}, {@code String} or {@code UUID}
     */
    public static References from(Database database, String table, String column, Class<?> type) {
        return new References(
                new Referring(
                        Objects.requireNonNull(database, "database"),
                        TableCopy.identifier(table),
                        TableCopy.identifier(column),
                        TableCopy.keyType(column, type),
                        List.of(),
                        List.of()),
                null,
                new Settings(DEFAULT_PAGE, DEFAULT_SETTLE, DEFAULT_CAP));
    }

    /** A column of the referring table's key; several make a composite key in this order. Types as for the reference. */
    public References key(String column, Class<?> type) {
        List<String> keys = new ArrayList<>(referring.keys);
        keys.add(TableCopy.identifier(column));
        List<Class<?>> types = new ArrayList<>(referring.keyTypes);
        types.add(TableCopy.keyType(column, type));
        return new References(
                new Referring(
                        referring.database,
                        referring.table,
                        referring.column,
                        referring.type,
                        List.copyOf(keys),
                        List.copyOf(types)),
                target,
                settings);
    }

    /** What is referred to: a column that is unique in its table. */
    public References to(Database database, String table, String column) {
        Target to = new Target(
                Objects.requireNonNull(database, "database"),
                TableCopy.identifier(table),
                TableCopy.identifier(column));
        return new References(referring, to, settings);
    }

    /** How many rows are read at once, 1 to 10 000; {@value #DEFAULT_PAGE} by default. */
    public References withPage(int rows) {
        if (rows < 1 || rows > 10_000) {
            throw new IllegalArgumentException("A page of " + rows + " rows; choose 1 to 10000");
        }
        return new References(referring, target, new Settings(rows, settings.settle, settings.cap));
    }

    /** How long a reference has to lead nowhere, zero to an hour; {@link #DEFAULT_SETTLE} by default. */
    public References withSettle(Duration settle) {
        if (settle.isNegative() || settle.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("The time to settle is " + settle + "; choose zero to an hour");
        }
        return new References(referring, target, new Settings(settings.page, settle, settings.cap));
    }

    /** How many orphans a policy takes at most, 0 or more; {@value #DEFAULT_CAP} by default. The others are only counted. */
    public References withCap(long orphans) {
        if (orphans < 0) {
            throw new IllegalArgumentException("A cap of " + orphans + " orphans; choose 0 or more");
        }
        return new References(referring, target, new Settings(settings.page, settings.settle, orphans));
    }

    /**
     * Looks through all rows, on this thread, and reports.
     *
     * @throws SQLException          what a database throws
     * @throws IllegalStateException if a key or reference is not of its type, naming the column and not the value
     * @throws InterruptedException  if this thread is interrupted
     */
    public OrphanReport find() throws SQLException, InterruptedException {
        return find(orphans -> {});
    }

    /**
     * Looks through all rows, on this thread, and hands those without a target to a policy, a page at a time.
     *
     * @throws SQLException         what a database throws; what the policy was handed stays done
     * @throws X                    what the policy throws
     * @throws InterruptedException if this thread is interrupted
     */
    public <X extends Exception> OrphanReport find(Policy<X> policy) throws SQLException, X, InterruptedException {
        Target to = target;
        if (to == null || referring.keys.isEmpty()) {
            throw new IllegalStateException("The references of " + referring.table + "." + referring.column
                    + " name no target or no key; add .key(\"id\", Long.class).to(database, \"table\", \"column\")");
        }
        return new OrphanSearch<>(toString(), referring, to, settings, Objects.requireNonNull(policy, "policy")).run();
    }

    /** Such as {@code orders.user_id -> users.id}. */
    @Override
    public String toString() {
        String from = referring.table + "." + referring.column;
        return target == null ? from : from + " -> " + target.table + "." + target.column;
    }
}
