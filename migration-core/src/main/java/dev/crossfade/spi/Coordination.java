package dev.crossfade.spi;

import dev.crossfade.AuditEntry;
import dev.crossfade.MigrationException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The fence and the ledger of one migration, which belong together, and what they need to be kept. */
public interface Coordination extends AutoCloseable {

    /** Says which side is primary. */
    Fence fence();

    /** Says which keys the secondary may be behind on. */
    Ledger ledger();

    /** How much of an entity the new side holds. */
    Coverage coverage(String entity);

    /** What is left to do of an entity's backfill; lives in the new store where that survives the process. */
    BackfillBook backfill(String entity);

    /** The reconciliations of an entity; lives in the new store where that survives the process. */
    ReconciliationBook reconciliation(String entity);

    /** Which keys the stores differ on although nothing is on its way between them. */
    DiscrepancySink discrepancies();

    /** What can be done after a failover or a restore; empty where nothing survives the process. */
    Optional<Rescue> rescue();

    /** What was changed by hand or by flag, newest first, at most {@code max}; empty where nothing is kept. */
    List<AuditEntry> audit(int max);

    /** Whether all of this survives the process. */
    boolean isDurable();

    /**
     * Makes sure that everything is in place and finds out where the migration stands. Called once, before any thread of
     * the migration begins.
     *
     * @throws MigrationException if the migration cannot start here, with what to do
     */
    void start();

    /** Ends what {@link #start} began. Called once, after every thread of the migration has ended. */
    @Override
    void close();

    /** Makes the coordination of a migration. Called once, by {@code build()}; reads and writes nothing. */
    @FunctionalInterface
    interface Factory {
        /** Makes it. */
        Coordination create(Setup setup);
    }

    /**
     * What a coordination has to know of an entity.
     *
     * @param name           unique in the migration
     * @param takesTextKeys  whether methods take keys that are text, or records with text in them
     * @param normalisesKeys whether keys come in a normal form that was declared
     */
    record Entity(String name, boolean takesTextKeys, boolean normalisesKeys) {}

    /**
     * What a coordination has to know.
     *
     * @param migration      the migration's name
     * @param entities       its entities
     * @param maxAttempts    refused refreshes after which a key is parked, at least 1
     * @param ledgerCapacity the most dirty keys that one process keeps in memory, at least 1
     */
    record Setup(String migration, List<Entity> entities, Platform platform, int maxAttempts, int ledgerCapacity) {
        public Setup {
            Objects.requireNonNull(migration, "migration");
            entities = List.copyOf(entities);
            Objects.requireNonNull(platform, "platform");
        }
    }
}
