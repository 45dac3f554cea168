package dev.crossfade.internal.memory;

import dev.crossfade.Operator;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.LedgerStatus;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of one process: bounded, coalescing, and lost with the process.
 *
 * <p>It holds dirty keys only. A clean key's version lives on in {@link Stamps}, so that a change between two looks is never
 * missed. When the ledger is full, a write's key is not kept but counted as
 * untracked: the write is not refused and the count blocks what relies on the ledger being complete.
 */
public final class InMemoryLedger implements Ledger {
    /** The most dirty keys, unless set otherwise. */
    public static final int DEFAULT_CAPACITY = 100_000;

    /** Failed refreshes after which a key is parked, unless set otherwise. */
    public static final int DEFAULT_MAX_ATTEMPTS = 10;

    private final int capacity;
    private final int maxAttempts;
    private final Platform platform;
    private final Platform.Signal progress;

    /** Guarded by {@code this} where it says so. */
    private final DirtyKeys dirty = new DirtyKeys();

    /** Written under {@code this}. */
    private final Stamps stamps = new Stamps();

    /** Guarded by {@code this}. */
    private final DueQueue due;

    /** Guarded by {@code this}. */
    private final Set<EntityKey> applying = new HashSet<>();

    /** Guarded by {@code this}; {@code null} if someone else remembers what was written. */
    private final @Nullable WrittenKeys written;

    private volatile Consumer<Set<EntityKey>> onClean = keys -> {};

    /** Guarded by {@code this}. */
    private long counter;

    /** Guarded by {@code this}. */
    private long generation = 1;

    /** Written under {@code this}. */
    private volatile long untracked;

    /**
     * A ledger that also remembers which keys were written, as many as can be dirty.
     *
     * @param capacity    the most dirty keys, at least 1
     * @param maxAttempts counted failures after which a key is parked, at least 1
     */
    public InMemoryLedger(Platform platform, int capacity, int maxAttempts) {
        this(platform, capacity, maxAttempts, new WrittenKeys(capacity, platform.now()));
    }

    /** A ledger of dirty keys beside one that remembers the others; {@link #changed} is not for it to say. */
    public static InMemoryLedger ofDirtyKeys(Platform platform, int capacity, int maxAttempts) {
        return new InMemoryLedger(platform, capacity, maxAttempts, null);
    }

    private InMemoryLedger(Platform platform, int capacity, int maxAttempts, @Nullable WrittenKeys written) {
        if (capacity < 1 || maxAttempts < 1) {
            throw new IllegalArgumentException("In-memory ledger with capacity " + capacity + " and maxAttempts "
                    + maxAttempts + "; choose 1 or more of each (default " + DEFAULT_CAPACITY + " and "
                    + DEFAULT_MAX_ATTEMPTS + ")");
        }
        this.platform = platform;
        this.capacity = capacity;
        this.maxAttempts = maxAttempts;
        this.progress = platform.newSignal();
        this.due = new DueQueue(platform);
        this.written = written;
    }

    /** A transaction's end is not seen from here; {@link #record} follows it. */
    @Override
    public void capture(FenceView pinned, Collection<Touch> touches, int untrackedWrites) {}

    @Override
    public Version record(Collection<Touch> touches) {
        Version last;
        synchronized (this) {
            for (Touch touch : touches) {
                noteWritten(touch.key());
                if (!raise(touch.key(), touch.change(), capacity)) {
                    untracked++;
                } else if (touch.change() == Change.MARKED) {
                    // A write that failed may have undone what the last one did: a row is no longer expected.
                    forgetChange(touch.key());
                }
            }
            last = new Version(generation, counter);
        }
        progress.raise();
        return last;
    }

    @Override
    public int mark(long epoch, List<EntityKey> keys) {
        int marked = 0;
        synchronized (this) {
            // Marks leave half of the room to writes, which cannot wait.
            while (marked < keys.size() && raise(keys.get(marked), Change.MARKED, Math.max(1, capacity / 2))) {
                noteWritten(keys.get(marked));
                marked++;
            }
        }
        if (marked > 0) {
            progress.raise();
        }
        return marked;
    }

    /** Guarded by {@code this}. */
    private void noteWritten(EntityKey key) {
        if (written != null) {
            written.note(key, platform.now());
        }
    }

    /** Guarded by {@code this}; false if there is no room. */
    private boolean raise(EntityKey key, Change change, int room) {
        // A key without an entry is synced up to its last version, and the shared stamp is at least that.
        Version syncedBefore = new Version(generation, stamps.of(key));
        Version version = new Version(generation, ++counter);
        stamps.set(key, counter);
        DirtyKey entry = dirty.get(key);
        if (entry == null) {
            if (dirty.size() >= room) {
                return false;
            }
            entry = new DirtyKey(key, version, change, syncedBefore, platform.nanoTime());
            dirty.add(entry);
        } else {
            entry.version = version;
            // A mark tells nothing new about a key whose last write is not applied yet.
            if (change != Change.MARKED) {
                entry.change = change;
            }
            if (entry.isParked()) {
                // The write may have made the row acceptable: one more try, and parked again if it has not.
                dirty.unpark(entry, maxAttempts - 1);
            }
        }
        due.now(entry);
        return true;
    }

    /** Guarded by {@code this}. */
    private void forgetChange(EntityKey key) {
        DirtyKey entry = dirty.get(key);
        if (entry != null) {
            entry.change = Change.MARKED;
        }
    }

    @Override
    public boolean isDirty(EntityKey key) {
        return dirty.contains(key);
    }

    @Override
    public boolean isDirtyUpTo(EntityKey key, Version version) {
        DirtyKey entry = dirty.get(key);
        if (entry == null) {
            return false;
        }
        synchronized (this) {
            return dirty.get(key) == entry && entry.synced.isBefore(version);
        }
    }

    @Override
    public @Nullable Object cleanState(Set<EntityKey> keys) {
        if (keys.isEmpty()) {
            Version now = lastVersion();
            return dirty.size() == 0 ? now : null;
        }
        Map<EntityKey, Long> seen = new HashMap<>();
        for (EntityKey key : keys) {
            // The stamp first: a write in between then shows in the key being dirty.
            seen.put(key, stamps.of(key));
            if (isDirty(key)) {
                return null;
            }
        }
        return seen;
    }

    /** Has the action told which keys were refreshed, on the thread that has done it. */
    void onClean(Consumer<Set<EntityKey>> action) {
        onClean = action;
    }

    @Override
    public synchronized Map<EntityKey, Pending> pending(Collection<EntityKey> keys) {
        Map<EntityKey, Pending> pending = new HashMap<>();
        long now = platform.nanoTime();
        for (EntityKey key : keys) {
            DirtyKey entry = dirty.get(key);
            if (entry != null) {
                pending.put(key, new Pending(entry.version, entry.version, entry.change, entry.isParked(), now));
            }
        }
        return pending;
    }

    @Override
    public boolean hasFailed(EntityKey key) {
        DirtyKey entry = dirty.get(key);
        if (entry == null) {
            return false;
        }
        synchronized (this) {
            return entry.attempts > 0;
        }
    }

    @Override
    public Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable {
        Set<EntityKey> done = new HashSet<>();
        Set<EntityKey> behind = new HashSet<>();
        synchronized (this) {
            seen.forEach((key, pending) -> {
                Version version = pending.version();
                DirtyKey entry = dirty.get(key);
                if (entry == null || !entry.synced.isBefore(version)) {
                    done.add(key);
                } else if (!version.isBefore(entry.tried) && applying.add(key)) {
                    // A write that fails may have happened: nothing older may follow it.
                    entry.tried = version;
                    behind.add(key);
                }
            });
        }
        if (behind.isEmpty()) {
            return done;
        }
        boolean written = false;
        try {
            write.run(behind);
            written = true;
        } finally {
            synchronized (this) {
                applying.removeAll(behind);
                if (written) {
                    seen.forEach((key, pending) -> {
                        DirtyKey entry = behind.contains(key) ? dirty.get(key) : null;
                        if (entry != null && entry.synced.isBefore(pending.version())) {
                            entry.synced = pending.version();
                        }
                    });
                }
            }
        }
        done.addAll(behind);
        return done;
    }

    @Override
    public Set<EntityKey> synced(Map<EntityKey, Pending> seen) {
        synchronized (this) {
            seen.forEach((key, pending) -> synced(key, pending.noted()));
        }
        onClean.accept(seen.keySet());
        progress.raise();
        return Set.of();
    }

    /** The secondary has what was seen, but that could not be noted: the keys stay dirty, and nobody needs to wait for them. */
    public void reached(Map<EntityKey, Pending> seen) {
        synchronized (this) {
            seen.forEach((key, pending) -> {
                DirtyKey entry = dirty.get(key);
                if (entry != null && entry.synced.isBefore(pending.noted())) {
                    entry.synced = pending.noted();
                    entry.attempts = 0;
                    entry.failures = 0;
                }
            });
        }
        progress.raise();
    }

    /** Guarded by {@code this}. */
    private void synced(EntityKey key, Version version) {
        DirtyKey entry = dirty.get(key);
        if (entry == null) {
            return;
        }
        if (!version.isBefore(entry.version)) {
            dirty.remove(entry);
            due.remove(entry);
        } else if (version.counter() >= entry.firstUnsynced) {
            entry.firstUnsynced = version.counter() + 1;
            entry.attempts = 0;
            entry.failures = 0;
            dirty.renew(entry, platform.nanoTime());
        }
    }

    @Override
    public synchronized List<EntityKey> take(int max) {
        return due.take(max);
    }

    @Override
    public void giveBack(EntityKey key) {
        synchronized (this) {
            DirtyKey entry = dirty.get(key);
            if (entry != null) {
                entry.taken = false;
                if (!entry.isParked()) {
                    due.now(entry);
                }
            }
        }
        progress.raise();
    }

    @Override
    public boolean failed(EntityKey key, @Nullable Pending tried, String reason, boolean counted) {
        boolean parkedNow = false;
        synchronized (this) {
            DirtyKey entry = dirty.get(key);
            if (entry != null && !entry.isParked()) {
                entry.taken = false;
                entry.failures++;
                entry.attempts += counted ? 1 : 0;
                boolean moreThanTried = tried != null && tried.noted().isBefore(entry.version);
                if (entry.attempts >= maxAttempts && !moreThanTried) {
                    park(entry, reason);
                    parkedNow = true;
                } else {
                    entry.attempts = Math.min(entry.attempts, maxAttempts - 1);
                    due.later(entry);
                }
            }
        }
        progress.raise();
        return parkedNow;
    }

    /** How many refreshes of the key were refused, 1 or more: of one that is not dirty any more, the one that was the last. */
    public synchronized int attempts(EntityKey key) {
        DirtyKey entry = dirty.get(key);
        return entry == null ? 1 : Math.max(1, entry.attempts);
    }

    /** Parks a key of which the database says that a person has to decide, if this process knows it as dirty. */
    public void park(EntityKey key, String reason) {
        synchronized (this) {
            DirtyKey entry = dirty.get(key);
            if (entry != null && !entry.isParked()) {
                park(entry, reason);
            }
        }
        progress.raise();
    }

    /** Guarded by {@code this}. */
    private void park(DirtyKey entry, String reason) {
        dirty.park(entry, reason);
        due.remove(entry);
    }

    @Override
    public synchronized List<EntityKey> refused(String entity, int max) {
        return dirty.all().stream()
                .filter(entry -> entry.attempts > 0
                        && !entry.isParked()
                        && entry.key.entity().equals(entity))
                .limit(max)
                .map(entry -> entry.key)
                .toList();
    }

    @Override
    public void hurry() {
        synchronized (this) {
            due.hurry();
        }
        progress.raise();
    }

    @Override
    public synchronized long nanosUntilDue() {
        return due.nanosUntilDue();
    }

    @Override
    public synchronized List<ParkedKey> parked(int max) {
        long now = platform.nanoTime();
        return dirty.allParked()
                .limit(max)
                .map(entry -> new ParkedKey(
                        entry.key,
                        String.valueOf(entry.parkedReason),
                        entry.attempts,
                        Duration.ofNanos(now - entry.dirtySince)))
                .toList();
    }

    @Override
    public int retry(Collection<EntityKey> keys, Operator operator) {
        int retried = 0;
        synchronized (this) {
            for (EntityKey key : keys) {
                DirtyKey entry = dirty.get(key);
                if (entry != null && entry.isParked()) {
                    dirty.unpark(entry, 0);
                    entry.failures = 0;
                    // A create and a delete at the same time may be recorded the wrong way round: a person has looked
                    // now, and the row is no longer expected.
                    entry.change = Change.MARKED;
                    due.now(entry);
                    retried++;
                }
            }
        }
        progress.raise();
        return retried;
    }

    @Override
    public List<EntityKey> discard(Collection<EntityKey> keys, Operator operator) {
        List<EntityKey> discarded = new ArrayList<>();
        synchronized (this) {
            for (EntityKey key : keys) {
                DirtyKey entry = dirty.get(key);
                if (entry != null && entry.isParked()) {
                    dirty.remove(entry);
                    discarded.add(key);
                }
            }
        }
        progress.raise();
        return discarded;
    }

    @Override
    public void clear(long newGeneration) {
        synchronized (this) {
            dirty.clear();
            due.clear();
            generation = newGeneration;
            if (written != null) {
                // Where one side only is written, nobody tells which keys.
                written.forgetUpTo(platform.now());
            }
        }
        progress.raise();
    }

    @Override
    public boolean settle(Duration timeout) throws InterruptedException {
        hurry();
        progress.await(() -> dirtyCount() == 0 || status().parked() > 0, timeout);
        return dirtyCount() == 0;
    }

    @Override
    public int dirtyCount() {
        return dirty.size();
    }

    @Override
    public synchronized boolean isDrained() {
        return dirty.size() == dirty.parked();
    }

    @Override
    public synchronized LedgerStatus status() {
        Duration lag = Duration.ofNanos(dirty.oldest(platform.nanoTime()));
        return new LedgerStatus(dirty.size(), dirty.parked(), lag, dirty.peak(), untracked);
    }

    @Override
    public synchronized boolean isSettledThrough(Version version) {
        return version.generation() < generation
                || dirty.all().stream().allMatch(entry -> entry.firstUnsynced > version.counter());
    }

    @Override
    public synchronized Version lastVersion() {
        return new Version(generation, counter);
    }

    @Override
    public synchronized void lostTrack(int writes) {
        untracked += writes;
        if (written != null && writes > 0) {
            written.forgetUpTo(platform.now());
        }
    }

    @Override
    public synchronized Optional<Changed> changed(String entity, Instant since, @Nullable EntityKey after, int max) {
        return written == null ? Optional.empty() : written.since(entity, since, after, max);
    }

    @Override
    public long untracked() {
        return untracked;
    }

    @Override
    public Platform.Signal progress() {
        return progress;
    }
}
