package dev.crossfade.spi;

import java.util.Collection;
import java.util.List;
import java.util.Map;
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
     * Raises the version of every touched key. Called once per unit of work, after the primary's commit or failure and
     * before its fence hold is released, so that a key is dirty before the write is acknowledged.
     *
     * @return the version that the last key was given; every key's version is at most this
     */
    Version record(Collection<Touch> touches);

    /**
     * Makes keys dirty without a write, where there is room for them.
     *
     * @return how many keys, from the first on, were marked; the caller tries the rest later
     */
    int mark(List<EntityKey> keys);

    /** Whether the key is dirty. Lock-free. */
    boolean isDirty(EntityKey key);

    /** Whether the secondary is behind on the key with respect to this version, later writes not counted. */
    boolean isDirtyUpTo(EntityKey key, Version version);

    /** A value that changes whenever the key's version is raised; it may change without, never the other way round. */
    long stamp(EntityKey key);

    /** What the key must be refreshed to; {@code null} if it is clean. */
    @Nullable
    Pending pending(EntityKey key);

    /**
     * Runs a write of the secondary for those keys that the secondary is still behind on, and notes that it was done.
     * While it runs, no other call writes any of these keys; a key that another call is writing is left out.
     *
     * @param versions what the caller has read, by key
     * @param write    writes the keys that it is given; if it throws, nothing is noted
     * @return the keys that were written or that need no write; a key left out stays dirty
     * @throws Throwable what the write throws, unchanged
     */
    Set<EntityKey> apply(Map<EntityKey, Version> versions, SecondaryWrite write) throws Throwable;

    /** Notes that the key is synced up to the version, never just that it is synced. */
    void synced(EntityKey key, Version version);

    /**
     * Takes up to {@code max} keys that are due, written ones before marked ones. A taken key is given to nobody else
     * until {@link #giveBack} or {@link #failed} is called for it; that spares work and keeps nothing safe.
     */
    List<EntityKey> take(int max);

    /** Returns a taken key; it is due again at once if it is still dirty. */
    void giveBack(EntityKey key);

    /**
     * Returns a taken key whose refresh failed; it is due again after a pause that grows with the number of failures,
     * with full jitter.
     *
     * @param counted whether the failure counts towards parking the key: true if the secondary refused this key, false
     *                if the secondary could not be reached
     * @return whether the key is parked now
     */
    boolean failed(EntityKey key, String reason, boolean counted);

    /** Makes every key that waits for its next try due now; parked keys stay parked. */
    void hurry();

    /** Nanoseconds until the next key is due, 0 if one is, {@link Long#MAX_VALUE} if none waits. */
    long nanosUntilDue();

    /** Parked keys, oldest first, at most {@code max}. */
    List<ParkedKey> parked(int max);

    /**
     * Gives parked keys a fresh start, as if they had only been marked: their rows are no longer expected on the primary.
     * Returns how many of them were parked.
     */
    int retry(Collection<EntityKey> keys);

    /** Forgets parked keys: the stores may differ in them from now on. Returns the keys that were parked. */
    List<EntityKey> discard(Collection<EntityKey> keys);

    /** Begins anew at this generation: forgets all keys. Called while the fence is closed. */
    void clear(long generation);

    /** How many keys are dirty; cheap enough for every call. */
    int dirtyCount();

    /** What the ledger holds now; looks at every dirty key. */
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

    /** A write of the secondary. */
    @FunctionalInterface
    interface SecondaryWrite {
        /** Makes the secondary equal for these keys, at least one. */
        void run(Set<EntityKey> keys) throws Throwable;
    }

    /** A dirty key as a refresh sees it. */
    record Pending(Version version, Change change, int attempts, boolean isParked) {}
}
