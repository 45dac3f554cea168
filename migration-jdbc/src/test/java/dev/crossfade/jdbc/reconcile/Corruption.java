package dev.crossfade.jdbc.reconcile;

import dev.crossfade.Side;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Spoils the secondary in every way, at random, and knows what a reconciliation has to find. */
final class Corruption {
    /** A kind, and the field if there is one. */
    private final Map<Long, String> expected = new TreeMap<>();

    private final Side primary;
    private final Jdbi secondary;
    private final Random random;
    private final List<Long> quiet;

    /** @param quiet keys that nobody writes */
    Corruption(Side primary, Jdbi secondary, Random random, List<Long> quiet) {
        this.primary = primary;
        this.secondary = secondary;
        this.random = random;
        this.quiet = new ArrayList<>(quiet);
        Collections.shuffle(this.quiet, random);
    }

    private long key() {
        return quiet.remove(quiet.size() - 1);
    }

    private int some() {
        return 1 + random.nextInt(4);
    }

    Map<Long, String> expected() {
        return expected;
    }

    /** What a report says of these findings, in the same form. */
    static Map<Long, String> found(List<Discrepancy> findings) {
        return findings.stream()
                .collect(Collectors.toMap(
                        finding -> (Long) finding.key().key(),
                        finding -> finding.kind()
                                + finding.finding().fields().stream()
                                        .map(FieldDifference::path)
                                        .collect(Collectors.joining(",", " ", "")),
                        (one, other) -> one + other,
                        TreeMap::new));
    }

    private void expect(long key, Kind kind, String field) {
        expected.put(key, kind + " " + field);
    }

    private Kind missingOn(Side side) {
        return side == Side.NEW ? Kind.MISSING_IN_NEW : Kind.MISSING_IN_LEGACY;
    }

    /** Orders that the service deletes, and that come back on the secondary by another hand. */
    List<Long> deleted(Orders orders) {
        List<Long> zombies = new ArrayList<>();
        for (int i = some(); i > 0; i--) {
            long key = key();
            orders.deleteById(key);
            zombies.add(key);
        }
        return zombies;
    }

    /** Spoils the secondary, once nothing is dirty. */
    void spoil(List<Long> zombies) {
        secondary.useHandle(handle -> {
            zombies.forEach(key -> extra(handle, key));
            for (int i = some(); i > 0; i--) {
                extra(handle, 1_000_000 + random.nextInt(1_000_000));
                extra(handle, -1 - random.nextInt(1_000_000));
            }
            for (int i = some(); i > 0; i--) {
                long key = key();
                handle.execute("DELETE FROM orders WHERE id = ?", key);
                expect(key, missingOn(primary.other()), "");
            }
            for (int i = some(); i > 0; i--) {
                change(handle, "number", "x" + i);
                change(handle, "status", "lost");
                change(handle, "steps", -i);
            }
            swap(handle);
        });
    }

    private void extra(Handle handle, long key) {
        handle.execute("INSERT INTO orders (id, number, status, steps) VALUES (?, ?, 'extra', 1)", key, "e" + key);
        expect(key, missingOn(primary), "");
    }

    private void change(Handle handle, String column, Object value) {
        long key = key();
        handle.execute("UPDATE orders SET " + column + " = ? WHERE id = ?", value, key);
        expect(key, Kind.DIFFERENT, column);
    }

    /** Changes a column to each of its other values, in a row of its own, and to some of them in more rows. */
    void change(TypedColumn column, TestServer server) {
        List<@Nullable Object> values = new ArrayList<>(column.others());
        for (int i = random.nextInt(4); i > 0; i--) {
            values.add(column.others().get(random.nextInt(column.others().size())));
        }
        secondary.useHandle(handle -> {
            for (Object value : values) {
                long key = key();
                String update = "UPDATE orders SET " + column.name() + " = ";
                if (value == null) {
                    handle.execute(update + "NULL WHERE id = ?", key);
                } else {
                    handle.execute(update + column.placeholder(server) + " WHERE id = ?", value, key);
                }
                expect(key, Kind.DIFFERENT, column.name());
            }
        });
    }

    /** Two rows have each other's steps; the sums are what they were. */
    private void swap(Handle handle) {
        long one = key();
        long other = key();
        handle.execute("UPDATE orders SET steps = ? WHERE id = ?", other, one);
        handle.execute("UPDATE orders SET steps = ? WHERE id = ?", one, other);
        expect(one, Kind.DIFFERENT, "steps");
        expect(other, Kind.DIFFERENT, "steps");
    }
}
