package dev.crossfade.samples.quickstart.checker;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads every order of both databases and of the list of expectations, all three by ascending id, and compares. Nobody
 * may write meanwhile.
 */
public final class Checker {
    private final @Nullable OrderCursor legacy;
    private final OrderCursor next;
    private final Iterator<Expectation> expectations;
    private final Predicate<String> doubtfulOrderNumbers;
    private final Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);
    private final List<Finding> findings = new ArrayList<>();
    private long expected;

    private Checker(
            @Nullable OrderCursor legacy,
            OrderCursor next,
            Iterator<Expectation> expectations,
            Predicate<String> doubtfulOrderNumbers) {
        this.legacy = legacy;
        this.next = next;
        this.expectations = expectations;
        this.doubtfulOrderNumbers = doubtfulOrderNumbers;
    }

    /**
     * Compares both databases with each other and each with the expectations.
     *
     * @param expectations         by strictly ascending id
     * @param doubtfulOrderNumbers orders that may be there without an expectation: the caller who created them was left
     *                             in doubt and never learnt their id
     */
    public static Verdict checkBoth(
            DataSource legacy,
            DataSource next,
            Iterator<Expectation> expectations,
            Predicate<String> doubtfulOrderNumbers)
            throws SQLException {
        try (Connection legacyConnection = legacy.getConnection();
                Connection newConnection = next.getConnection();
                OrderCursor legacyOrders = LegacyTables.open(legacyConnection);
                OrderCursor newOrders = NewTables.open(newConnection)) {
            return new Checker(legacyOrders, newOrders, expectations, doubtfulOrderNumbers).run();
        }
    }

    /** Compares the new database alone with the expectations, for when the legacy one is no longer written. */
    public static Verdict checkNew(
            DataSource next, Iterator<Expectation> expectations, Predicate<String> doubtfulOrderNumbers)
            throws SQLException {
        try (Connection connection = next.getConnection();
                OrderCursor orders = NewTables.open(connection)) {
            return new Checker(null, orders, expectations, doubtfulOrderNumbers).run();
        }
    }

    private Verdict run() throws SQLException {
        Row onLegacy = legacy == null ? null : legacy.next();
        Row onNew = next.next();
        Expectation expectation = nextExpectation(Long.MIN_VALUE);
        while (onLegacy != null || onNew != null || expectation != null) {
            long id = Math.min(Math.min(idOf(onLegacy), idOf(onNew)), idOf(expectation));
            Row legacyRow = idOf(onLegacy) == id ? onLegacy : null;
            Row newRow = idOf(onNew) == id ? onNew : null;
            Expectation expectedState = idOf(expectation) == id ? expectation : null;
            if (legacy != null) {
                compareSides(id, legacyRow, newRow);
                judge("legacy", id, legacyRow, expectedState);
            }
            judge("new", id, newRow, expectedState);
            onLegacy = legacyRow != null && legacy != null ? legacy.next() : onLegacy;
            onNew = newRow != null ? next.next() : onNew;
            expectation = expectedState != null ? nextExpectation(id) : expectation;
        }
        return new Verdict(legacy == null ? 0 : legacy.rows(), next.rows(), expected, counts, findings);
    }

    private void compareSides(long id, @Nullable Row onLegacy, @Nullable Row onNew) {
        if (onLegacy != null && onNew != null) {
            List<String> differences = onLegacy.differences(onNew.fields(), Set.of());
            if (!differences.isEmpty()) {
                report(Finding.Kind.DIFFERENT, "both", id, differences);
            }
        } else if (onLegacy != null) {
            report(Finding.Kind.MISSING, "new", id, List.of());
        } else if (onNew != null) {
            report(Finding.Kind.MISSING, "legacy", id, List.of());
        }
    }

    private void judge(String side, long id, @Nullable Row row, @Nullable Expectation expectation) {
        if (expectation == null) {
            if (row != null && !doubtfulOrderNumbers.test(row.fields().getOrDefault("orderNumber", ""))) {
                report(Finding.Kind.UNEXPECTED, side, id, List.of());
            }
        } else if (row == null) {
            if (!expectation.mayBeAbsent()) {
                report(Finding.Kind.LOST_WRITE, side, id, List.of());
            }
        } else if (expectation.mustBeAbsent()) {
            report(Finding.Kind.ZOMBIE, side, id, List.of());
        } else {
            List<String> differences = closest(row, expectation);
            if (!differences.isEmpty()) {
                report(Finding.Kind.LOST_WRITE, side, id, differences);
            }
        }
    }

    /** The differences to the acceptable state that is nearest. */
    private static List<String> closest(Row row, Expectation expectation) {
        List<String> closest = List.of("no acceptable state");
        int fewest = Integer.MAX_VALUE;
        for (Expectation.State state : expectation.states()) {
            List<String> differences = row.differences(state.fields(), state.unknown());
            if (!state.isAbsent() && differences.size() < fewest) {
                fewest = differences.size();
                closest = differences;
            }
        }
        return closest;
    }

    private void report(Finding.Kind kind, String side, long id, List<String> fields) {
        counts.merge(kind, 1L, Long::sum);
        if (findings.size() < Verdict.MAX_FINDINGS) {
            findings.add(new Finding(kind, side, id, fields));
        }
    }

    private @Nullable Expectation nextExpectation(long after) {
        if (!expectations.hasNext()) {
            return null;
        }
        Expectation expectation = expectations.next();
        if (expectation.id() <= after) {
            throw new IllegalArgumentException(
                    "Expectations come by ascending id; " + expectation.id() + " follows " + after);
        }
        expected++;
        return expectation;
    }

    private static long idOf(@Nullable Row row) {
        return row == null ? Long.MAX_VALUE : row.id();
    }

    private static long idOf(@Nullable Expectation expectation) {
        return expectation == null ? Long.MAX_VALUE : expectation.id();
    }
}
