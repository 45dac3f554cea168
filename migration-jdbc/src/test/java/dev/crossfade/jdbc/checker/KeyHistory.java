package dev.crossfade.jdbc.checker;

import dev.crossfade.jdbc.checker.Operation.Kind;
import dev.crossfade.jdbc.checker.Operation.Stage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the writers say of one key. */
final class KeyHistory {
    /** Rows that were there before the run carry this order. */
    private static final long BEFORE_THE_RUN = 0;

    /** The last line of each operation; a key's orders are unique. */
    private final Map<Long, Operation> operations = new HashMap<>();

    void add(Operation operation) {
        Operation before = operations.put(operation.order(), operation);
        if (before != null && !before.writer().equals(operation.writer())) {
            throw new IllegalStateException("Key " + operation.key() + " has two operations with order "
                    + operation.order() + ", of " + before.writer() + " and of " + operation.writer());
        }
    }

    @Nullable
    Operation lastAcknowledged() {
        return operations.values().stream()
                .filter(operation -> operation.stage() == Stage.ACKNOWLEDGED)
                .max(Comparator.comparingLong(Operation::order))
                .orElse(null);
    }

    long acknowledged() {
        return operations.values().stream()
                .filter(operation -> operation.stage() == Stage.ACKNOWLEDGED)
                .count();
    }

    /** Whether a delete that nobody knows the outcome of came after this order. */
    boolean mayBeDeletedAfter(long order) {
        return operations.values().stream()
                .anyMatch(operation -> operation.kind() == Kind.DELETE
                        && operation.stage() == Stage.INTENDED
                        && operation.order() > order);
    }

    /** Whether some operation may have left this row. */
    boolean explains(Row row) {
        Operation operation = operations.get(row.order());
        return operation == null
                ? row.order() == BEFORE_THE_RUN
                : operation.kind() == Kind.WRITE
                        && operation.stage() != Stage.ROLLED_BACK
                        && operation.writer().equals(row.writer());
    }
}
