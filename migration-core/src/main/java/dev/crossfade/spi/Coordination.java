package dev.crossfade.spi;

import java.util.Objects;

/**
 * The fence and the ledger of one migration, which belong together.
 *
 * @param isDurable whether both survive the process
 */
public record Coordination(Fence fence, Ledger ledger, boolean isDurable) {
    public Coordination {
        Objects.requireNonNull(fence, "fence");
        Objects.requireNonNull(ledger, "ledger");
    }

    /** Makes the fence and the ledger of a migration. Called once, by {@code build()}; reads and writes nothing. */
    @FunctionalInterface
    public interface Factory {
        /**
         * @param migration   the migration's name
         * @param maxAttempts refused refreshes after which a key is parked
         */
        Coordination create(String migration, Platform platform, int maxAttempts);
    }
}
