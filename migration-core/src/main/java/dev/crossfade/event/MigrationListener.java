package dev.crossfade.event;

/**
 * Hears what happens in a migration.
 *
 * <p>Called on the thread where it happened, outside every lock, and after the fact. A listener that throws is logged
 * and changes nothing. Be quick: a slow listener delays the thread that calls it, never the outcome.
 */
@FunctionalInterface
public interface MigrationListener {
    /** Something happened. */
    void on(MigrationEvent event);
}
