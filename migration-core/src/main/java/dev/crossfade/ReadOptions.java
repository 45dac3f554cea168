package dev.crossfade;

import dev.crossfade.internal.read.ReadSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How reads treat the secondary. For {@link MigrationBuilder#reads}. */
public final class ReadOptions {
    private @Nullable Duration deadline;
    private int threads = ReadSettings.DEFAULT_THREADS;
    private Duration maxLag = ReadSettings.DEFAULT_MAX_LAG;
    private boolean staleFromLegacy;

    ReadOptions() {}

    /**
     * How long the secondary may take to answer before the primary is asked. Default: none; the secondary is called on
     * the caller's thread and bounded by its driver. With a deadline it is called on threads of the migration, which
     * carry nothing of the caller's thread.
     */
    public ReadOptions deadline(Duration limit) {
        this.deadline = limit;
        return this;
    }

    /** Threads that call the secondary where there is a deadline, 1 to 256; default 8. */
    public ReadOptions threads(int count) {
        this.threads = count;
        return this;
    }

    /** With a dirty key older than this, the primary answers every read. Default 10 s. */
    public ReadOptions maxLag(Duration limit) {
        this.maxLag = limit;
        return this;
    }

    /**
     * In {@code NEW_PRIMARY}, lets legacy answer a read when the new store cannot be reached. The answer may be stale.
     * Default: no, the caller gets the failure.
     */
    public ReadOptions staleFromLegacy(boolean allowed) {
        this.staleFromLegacy = allowed;
        return this;
    }

    ReadSettings settings() {
        return new ReadSettings(deadline, threads, maxLag, staleFromLegacy);
    }
}
