package dev.crossfade.jdbc.internal.sql;

import java.time.Duration;

/**
 * A session that keeps the fence from being closed.
 *
 * @param session     the database's own number of it
 * @param age         how long its transaction has been open
 * @param description application and state as the database names them, without statements and values
 */
public record Holder(String session, Duration age, String description) {
    /** Such as {@code session 4711, open for 12.3 s (orders, idle in transaction)}. */
    @Override
    public String toString() {
        return "session %s, open for %.1f s (%s)".formatted(session, age.toMillis() / 1000.0, description);
    }
}
