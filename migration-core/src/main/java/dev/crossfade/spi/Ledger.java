package dev.crossfade.spi;

import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.RetryableWriteException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which keys the secondary may be behind on, and by which version. It holds keys and versions, never payloads.
 *
 * <p>A key is dirty while its version is newer than the version it was synced up to. Safe for use by many threads;
 * listeners and stores are never called under a lock of the ledger.
 */
public interface Ledger {

    /**
     * Called once per unit of work that writes, inside the primary's open transaction and as the last thing before its commit. A
     * ledger that lives in the primary's database makes sure here, to the commit, that the primary is still where the
     * unit began, and raises the version of every touched key; a ledger of the process waits for {@link #record}.
     *
     * @param pinned    the fence's view that the unit began with
     * @param touches   the keys that the unit touched; empty where the stage has no dual write
     * @param untracked how many of its writes did not tell their key
     * @throws PhaseMovedException     if the primary has moved; the transaction must be rolled back
     * @throws RetryableWriteException if the database gave way to another transaction; likewise
     */
    void capture(FenceView pinned, Collection<Touch> touches, int untracked) throws Exception;

    /**
     * Makes every touched key known as dirty in this process. Called once per unit of work, after the primary's commit
     * or failure and before its fence hold is released, so that a key is dirty before the write is acknowledged.
     *
     * @return a version as this process counts them; every key's version is at most this
     */
    Version record(Collection<Touch> touches);

    /**
     * Makes keys dirty without a write, where there is room for them.
     *
     * @param epoch the epoch in which the caller found that they should be
     * @return how many keys, from the first on, were marked; the caller tries the rest later
     * @throws PhaseMovedException if the epoch has passed; nothing was marked
     */
    int mark(long epoch, List<EntityKey> keys);

    /** Whether the key is known to be dirty in this process. Lock-free. */
    boolean isDirty(EntityKey key);

    /** Whether the secondary is behind on the key with respect to this version, later writes not counted. */
    boolean isDirtyUpTo(EntityKey key, Version version);

    /**
     * What the ledger says of keys that are all clean, to be compared with {@code equals}: it differs whenever one of
     * them was written in between, and may differ without. {@code null} if one of them is dirty or nothing can be said.
     *
     * @param keys the keys; none for all keys of the ledger
     */
    @Nullable
    Object cleanState(Set<EntityKey> keys);

    /**
     * What keys must be refreshed to; clean keys are left out. Called inside the transaction on the primary that reads
     * their states.
     */
    Map<EntityKey, Pending> pending(Collection<EntityKey> keys);

    /** Whether the last refresh of the key failed here, so that waiting for it is of no use. */
    boolean hasFailed(EntityKey key);

    /**
     * Runs a write of the secondary for those keys that the secondary is still behind on, and notes that it was done.
     * While it runs, no other call writes any of these keys; a key that another call is writing is left out.
     *
     * @param epoch the epoch at which the refresh began
     * @param seen  what the caller has read, by key
     * @param write writes the keys that it is given, in a transaction of the secondary; if it throws, nothing is noted
     * @return the keys that were written or that need no write; a key left out stays dirty
     * @throws Throwable what the write throws, unchanged
     */
    Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable;

    /**
     * Notes that keys are synced up to the versions seen, never just that they are synced.
     *
     * @return the keys of which that could not be noted now; they stay dirty and are to be refreshed again, after a pause
     */
    Set<EntityKey> synced(Map<EntityKey, Pending> seen);

    /**
     * Takes up to {@code max} keys that are due, written ones before marked ones. A taken key is given to nobody else
     * until {@link #giveBack} or {@link #failed} is called for it; that spares work and keeps nothing safe.
     */
    List<EntityKey> take(int max);

    /** Returns a taken key; it is due again at once if it is still dirty. */
    void giveBack(EntityKey key);

    /**
     * Returns a taken key whose refresh failed; it is due again after a pause that grows with the number of failures,
     * with full jitter. It is parked only at the version that was tried: one that was written meanwhile gets one more try.
     *
     * @param tried   what {@link #pending} said before the refresh; {@code null} if it was not begun or did not get there
     * @param counted whether the failure counts towards parking the key: true if the secondary refused this key, false
     *                if the secondary could not be reached
     * @return whether the key is parked now
     */
    boolean failed(EntityKey key, @Nullable Pending tried, String reason, boolean counted);

    /** Dirty keys of an entity whose last refresh the secondary refused and that are not parked, at most {@code max}. */
    List<EntityKey> refused(String entity, int max);

    /** Makes every key that waits for its next try due now; parked keys stay parked. */
    void hurry();

    /** Nanoseconds until the next key is due, 0 if one is, {@link Long#MAX_VALUE} if none waits. */
    long nanosUntilDue();

    /** Parked keys, oldest first, at most {@code max}. */
    List<ParkedKey> parked(int max);

    /**
     * Gives parked keys a fresh start, as if they had only been marked: their rows are no longer expected on the primary.
     * Returns how many of them were parked.
     *
     * @param operator who asked for it, for the audit trail
     */
    int retry(Collection<EntityKey> keys, Operator operator);

    /**
     * Forgets parked keys: the stores may differ in them from now on. Returns the keys that were parked.
     *
     * @param operator who asked for it, for the audit trail
     */
    List<EntityKey> discard(Collection<EntityKey> keys, Operator operator);

    /** Begins anew at this generation: forgets all keys. Called while the fence is closed. */
    void clear(long generation);

    /**
     * Has every dirty key refreshed, whoever wrote it. Called while no write can begin.
     *
     * @return whether nothing is dirty any more; false after the time or as soon as a key is parked
     */
    boolean settle(Duration timeout) throws InterruptedException;

    /** How many keys are known to be dirty; cheap enough for every call. */
    int dirtyCount();

    /**
     * Whether every key that this process knows to be dirty is parked. What other processes have yet to refresh does not
     * count, even where {@link #status()} tells of it. Cheap, and {@link #progress()} is raised when it comes true.
     */
    boolean isDrained();

    /** What the ledger holds now; passes over the parked keys that are older than all others. */
    LedgerStatus status();

    /** Raised after every change that a waiting thread may look for. */
    Platform.Signal progress();

    /** Whether everything that was recorded or marked up to this version is synced. Looks at every dirty key. */
    boolean isSettledThrough(Version version);

    /** The version that was given last. */
    Version lastVersion();

    /** Counts writes whose keys are not known. */
    void lostTrack(int writes);

    /** How many writes were not tracked: their keys were not known or found no room. */
    long untracked();

    /**
     * Goes through the keys of an entity that the ledgers of both sides hold, in an order that stays the same, and says which
     * of them were written, deleted or marked lately.
     *
     * @param since the first time that is late enough, by the clock of whichever side has noted the change
     * @param after where the last page ended; {@code null} for the first
     * @param max   how many keys of each side are looked at
     * @return empty if the ledger has forgotten changes since that time
     * @throws dev.crossfade.MigrationException if a side's ledger cannot be read
     */
    Optional<Changed> changed(String entity, Instant since, @Nullable EntityKey after, int max);

    /**
     * A page of keys.
     *
     * @param keys those of it that have changed
     * @param end  where the page ends; {@code null} if nothing comes after it
     */
    record Changed(List<EntityKey> keys, @Nullable EntityKey end) {
        public Changed {
            keys = List.copyOf(keys);
        }
    }

    /** A write of the secondary. */
    @FunctionalInterface
    interface SecondaryWrite {
        /** Makes the secondary equal for these keys, at least one. */
        void run(Set<EntityKey> keys) throws Throwable;
    }

    /**
     * A dirty key as a refresh sees it.
     *
     * @param version  the version to refresh to
     * @param noted    up to where this process knew of the key before the ledger was looked at
     * @param change   what last happened to the key
     * @param isParked whether it waits for a person
     * @param seenAt   when the ledger was looked at, in the platform's nanoseconds
     */
    record Pending(Version version, Version noted, Change change, boolean isParked, long seenAt) {}
}
