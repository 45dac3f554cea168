package dev.crossfade;

import dev.crossfade.internal.write.RelaySettings;
import java.time.Duration;

/** How dirty keys are refreshed. For {@link MigrationBuilder#relay}. */
public final class RelayOptions {
    /** Refused refreshes after which a key is parked, unless set otherwise. */
    public static final int DEFAULT_MAX_ATTEMPTS = 10;

    /** Rows of the secondary that marks alone may delete in a minute, unless set otherwise. */
    public static final int DEFAULT_DELETES_BY_MARKS = 1_000;

    private int threads = RelaySettings.DEFAULT_THREADS;
    private int batchSize = RelaySettings.DEFAULT_BATCH_SIZE;
    private Duration inlineWait = RelaySettings.DEFAULT_INLINE_WAIT;
    private int maxAttempts = DEFAULT_MAX_ATTEMPTS;
    private int deletesByMarksPerMinute = DEFAULT_DELETES_BY_MARKS;

    RelayOptions() {}

    /** Threads that refresh, 1 to 64; default 2. Each uses one connection of either store at a time. */
    public RelayOptions threads(int count) {
        this.threads = count;
        return this;
    }

    /**
     * The most keys that a thread takes at once, 1 to 10 000; default 500. While a batch takes longer than 100 ms it takes
     * fewer, down to 50, because moves and other refreshes of these keys wait for it.
     */
    public RelayOptions batchSize(int keys) {
        this.batchSize = keys;
        return this;
    }

    /**
     * How long a writer waits, after its commit, for the relay to refresh its keys; default 50 ms, zero for not at all.
     * Nobody waits while the secondary does not answer or the relay is far behind.
     */
    public RelayOptions inlineWait(Duration limit) {
        this.inlineWait = limit;
        return this;
    }

    /** Refused refreshes after which a key is parked, at least 1; default 10. A store that is down parks no key. */
    public RelayOptions maxAttempts(int attempts) {
        this.maxAttempts = attempts;
        return this;
    }

    /**
     * Rows of the secondary that may be deleted in a minute only because a marked key was absent on the primary;
     * default 1 000. Beyond it such keys stay dirty until the next minute; with zero they are parked in the end.
     */
    public RelayOptions deletesByMarksPerMinute(int rows) {
        this.deletesByMarksPerMinute = rows;
        return this;
    }

    int maxAttempts() {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("Relay maxAttempts is " + maxAttempts + "; choose 1 or more (default "
                    + DEFAULT_MAX_ATTEMPTS + ")");
        }
        return maxAttempts;
    }

    int deletesByMarksPerMinute() {
        if (deletesByMarksPerMinute < 0) {
            throw new IllegalArgumentException("Relay deletesByMarksPerMinute is " + deletesByMarksPerMinute
                    + "; choose 0 or more (default " + DEFAULT_DELETES_BY_MARKS + ")");
        }
        return deletesByMarksPerMinute;
    }

    RelaySettings settings() {
        return new RelaySettings(threads, batchSize, inlineWait);
    }
}
