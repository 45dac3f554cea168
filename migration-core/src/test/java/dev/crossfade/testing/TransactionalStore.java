package dev.crossfade.testing;

import dev.crossfade.Store;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store that undoes what was done to a map of rows when the work throws. For one writing thread. */
public final class TransactionalStore implements Store {
    public final AtomicInteger commits = new AtomicInteger();
    public final AtomicInteger rollbacks = new AtomicInteger();
    private final String name;
    private final Map<Long, Order> rows;

    public TransactionalStore(String name, Map<Long, Order> rows) {
        this.name = name;
        this.rows = rows;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isTransactional() {
        return true;
    }

    @Override
    public <T> @Nullable T inTransaction(Work<T> work) throws Throwable {
        Map<Long, Order> before = new TreeMap<>(rows);
        boolean committed = false;
        try {
            T result = work.run();
            committed = true;
            commits.incrementAndGet();
            return result;
        } finally {
            if (!committed) {
                rows.keySet().retainAll(before.keySet());
                rows.putAll(before);
                rollbacks.incrementAndGet();
            }
        }
    }
}
