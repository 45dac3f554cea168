package dev.crossfade.jdbc.testing;

import java.util.List;

/** The two databases of a migration; closing drops both. */
public record TestDatabases(TestDatabase legacy, TestDatabase next) implements AutoCloseable {
    public List<TestDatabase> both() {
        return List.of(legacy, next);
    }

    @Override
    public void close() {
        legacy.close();
        next.close();
    }
}
