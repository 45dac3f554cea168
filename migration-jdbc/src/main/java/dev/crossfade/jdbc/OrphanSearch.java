package dev.crossfade.jdbc;

import dev.crossfade.jdbc.References.Policy;
import dev.crossfade.jdbc.References.Referring;
import dev.crossfade.jdbc.References.Settings;
import dev.crossfade.jdbc.References.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One search for orphans: pages of references, of which those that lead nowhere wait for a second look. Of one thread. */
final class OrphanSearch<X extends Exception> {
    /** So many may wait for the second look. */
    private static final int MAX_WAITING = 20_000;

    /** A list of values in a statement. */
    private static final int MAX_ASKED = 1_000;

    private final String name;
    private final Referring referring;
    private final Target target;
    private final Settings settings;
    private final Policy<X> policy;

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<Orphan> first = new ArrayList<>();
    private int waitingOrphans;
    private long rows;
    private long found;
    private long settled;
    private long handed;

    private record Waiting(long since, Map<List<Object>, Object> references) {}

    OrphanSearch(String name, Referring referring, Target target, Settings settings, Policy<X> policy) {
        this.name = name;
        this.referring = referring;
        this.target = target;
        this.settings = settings;
        this.policy = policy;
    }

    /** What is asked of both databases. */
    private record Tables(KeyedRows keyed, KeyedRows reference, KeyedRows targets) {}

    OrphanReport run() throws SQLException, X, InterruptedException {
        long began = System.nanoTime();
        Tables tables = tables();
        List<Object> after = null;
        do {
            Map<List<Object>, Object> page = page(tables, after);
            after = lastOf(page);
            rows += page.size();
            Map<List<Object>, Object> suspects = without(tables, page);
            if (!suspects.isEmpty()) {
                waiting.add(new Waiting(System.nanoTime(), suspects));
                waitingOrphans += suspects.size();
            }
            lookAgain(tables, after == null);
        } while (after != null);
        return new OrphanReport(
                name, rows, found, settled, found - handed, Duration.ofNanos(System.nanoTime() - began), first);
    }

    private Tables tables() throws SQLException {
        Set<String> names = new LinkedHashSet<>(referring.keys());
        names.add(referring.column());
        String columns = String.join(", ", names);
        String referringRows = "(SELECT " + columns + " FROM " + referring.table() + " WHERE " + referring.column()
                + " IS NOT NULL) q";
        try (Connection from = referring.database().dataSource().getConnection();
                Connection to = target.database().dataSource().getConnection()) {
            return new Tables(
                    KeyedRows.of(from, referringRows, referring.keys(), referring.keyTypes(), columns),
                    KeyedRows.of(from, referringRows, List.of(referring.column()), List.of(referring.type()), columns),
                    KeyedRows.of(
                            to, target.table(), List.of(target.column()), List.of(referring.type()), target.column()));
        }
    }

    private static @Nullable List<Object> lastOf(Map<List<Object>, Object> page) {
        List<Object> last = null;
        for (List<Object> key : page.keySet()) {
            last = key;
        }
        return last;
    }

    private Map<List<Object>, Object> page(Tables tables, @Nullable List<Object> after) throws SQLException {
        try (Connection connection = referring.database().dataSource().getConnection();
                PreparedStatement select = tables.keyed().select(connection, after, null, settings.page())) {
            return references(tables, select);
        }
    }

    private static Map<List<Object>, Object> references(Tables tables, PreparedStatement select) throws SQLException {
        Map<List<Object>, Object> references = new LinkedHashMap<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                references.put(
                        tables.keyed().key(row), tables.reference().key(row).get(0));
            }
        }
        return references;
    }

    /** Those whose reference nobody has. */
    private Map<List<Object>, Object> without(Tables tables, Map<List<Object>, Object> references) throws SQLException {
        Set<Object> missing = new HashSet<>(references.values());
        if (!missing.isEmpty()) {
            try (Connection connection = target.database().dataSource().getConnection()) {
                removePresent(connection, tables, missing);
            }
        }
        Map<List<Object>, Object> without = new LinkedHashMap<>(references);
        without.values().retainAll(missing);
        return without;
    }

    private void removePresent(Connection connection, Tables tables, Set<Object> missing) throws SQLException {
        List<List<Object>> asked = new ArrayList<>();
        missing.forEach(reference -> asked.add(List.of(reference)));
        for (int from = 0; from < asked.size(); from += MAX_ASKED) {
            List<List<Object>> some = asked.subList(from, Math.min(asked.size(), from + MAX_ASKED));
            try (PreparedStatement select = tables.targets().find(connection, some);
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    missing.remove(tables.targets().key(row).get(0));
                }
            }
        }
        if (referring.type() == String.class) {
            // A collation may take another spelling for the same, and does not say for which.
            for (Object text : List.copyOf(missing)) {
                try (PreparedStatement select = tables.targets().find(connection, List.of(List.of(text)));
                        ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        missing.remove(text);
                    }
                }
            }
        }
    }

    private void lookAgain(Tables tables, boolean atTheEnd) throws SQLException, X, InterruptedException {
        while (!waiting.isEmpty()) {
            long left = waiting.element().since() + settings.settle().toNanos() - System.nanoTime();
            if (left > 0) {
                if (!atTheEnd && waitingOrphans < MAX_WAITING) {
                    return;
                }
                TimeUnit.NANOSECONDS.sleep(left);
            }
            Waiting due = waiting.remove();
            waitingOrphans -= due.references().size();
            decide(tables, due.references());
        }
    }

    private void decide(Tables tables, Map<List<Object>, Object> suspects) throws SQLException, X {
        Map<List<Object>, Object> still = again(tables, suspects);
        still.entrySet().removeIf(entry -> !entry.getValue().equals(suspects.get(entry.getKey())));
        List<Orphan> orphans = new ArrayList<>();
        without(tables, still).forEach((key, reference) -> orphans.add(new Orphan(key, reference)));
        settled += suspects.size() - orphans.size();
        found += orphans.size();
        first.addAll(orphans.subList(0, Math.min(orphans.size(), OrphanReport.MAX_KEPT - first.size())));
        List<Orphan> within = orphans.subList(0, (int) Math.min(orphans.size(), settings.cap() - handed));
        if (!within.isEmpty()) {
            policy.apply(List.copyOf(within));
            handed += within.size();
        }
    }

    private Map<List<Object>, Object> again(Tables tables, Map<List<Object>, Object> suspects) throws SQLException {
        Map<List<Object>, Object> again = new LinkedHashMap<>();
        List<List<Object>> keys = List.copyOf(suspects.keySet());
        try (Connection connection = referring.database().dataSource().getConnection()) {
            for (int from = 0; from < keys.size(); from += MAX_ASKED) {
                List<List<Object>> some = keys.subList(from, Math.min(keys.size(), from + MAX_ASKED));
                try (PreparedStatement select = tables.keyed().find(connection, some)) {
                    again.putAll(references(tables, select));
                }
            }
        }
        return again;
    }
}
