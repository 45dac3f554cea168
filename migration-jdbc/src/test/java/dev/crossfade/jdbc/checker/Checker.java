package dev.crossfade.jdbc.checker;

import dev.crossfade.jdbc.checker.Finding.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares two stores at rest exactly, and the primary with what its writers were told. */
public final class Checker {
    private Checker() {}

    /** Reads every row of both; nothing may write meanwhile. */
    public static Verdict check(History history, Store primary, Store secondary) throws SQLException {
        Map<String, Row> primaryRows = primary.read();
        Map<String, Row> secondaryRows = secondary.read();
        Set<String> keys = new TreeSet<>(history.keys());
        keys.addAll(primaryRows.keySet());
        keys.addAll(secondaryRows.keySet());

        List<Finding> findings = new ArrayList<>();
        for (String key : keys) {
            Row onPrimary = primaryRows.get(key);
            Row onSecondary = secondaryRows.get(key);
            add(findings, key, againstHistory(onPrimary, history.of(key)));
            add(findings, key, againstEachOther(onPrimary, onSecondary, history.of(key)));
        }
        return new Verdict(primaryRows.size(), history.acknowledged(), List.copyOf(findings));
    }

    private static void add(List<Finding> findings, String key, @Nullable Kind kind) {
        if (kind != null) {
            findings.add(new Finding(kind, key));
        }
    }

    private static @Nullable Kind againstHistory(@Nullable Row row, KeyHistory history) {
        Operation last = history.lastAcknowledged();
        if (row == null) {
            return last == null || last.kind() == Operation.Kind.DELETE || history.mayBeDeletedAfter(last.order())
                    ? null
                    : Kind.LOST;
        }
        if (isDeleted(row, last)) {
            return Kind.RESURRECTED;
        }
        if (last != null && row.order() < last.order()) {
            return Kind.LOST;
        }
        return history.explains(row) ? null : Kind.UNEXPLAINED;
    }

    private static @Nullable Kind againstEachOther(
            @Nullable Row onPrimary, @Nullable Row onSecondary, KeyHistory history) {
        if (onPrimary == null) {
            if (onSecondary == null) {
                return null;
            }
            return isDeleted(onSecondary, history.lastAcknowledged()) ? Kind.RESURRECTED : Kind.EXTRA;
        }
        if (onSecondary == null) {
            return Kind.MISSING;
        }
        return onPrimary.equals(onSecondary) ? null : Kind.DIFFERENT;
    }

    private static boolean isDeleted(Row row, @Nullable Operation last) {
        return last != null && last.kind() == Operation.Kind.DELETE && row.order() <= last.order();
    }
}
