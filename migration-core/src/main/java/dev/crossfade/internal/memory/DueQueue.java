package dev.crossfade.internal.memory;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Platform;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which dirty keys are due, and when the others will be. Guarded by the ledger that owns it.
 *
 * <p>Back-off follows "full jitter": a random pause between nothing and a cap that doubles with each failure (Marc
 * Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
final class DueQueue {
    static final long FIRST_BACKOFF_NANOS = 50_000_000L;
    static final long LONGEST_BACKOFF_NANOS = 30_000_000_000L;

    private final Platform platform;
    private final Set<DirtyKey> writes = new LinkedHashSet<>();
    private final Set<DirtyKey> marks = new LinkedHashSet<>();
    private final TreeSet<DirtyKey> waiting = new TreeSet<>(DueQueue::byDueTime);

    DueQueue(Platform platform) {
        this.platform = platform;
    }

    /** Makes the key due, unless someone has taken it: it will be due when it is given back. */
    void now(DirtyKey entry) {
        if (entry.taken) {
            return;
        }
        waiting.remove(entry);
        if (entry.change == Change.MARKED) {
            marks.add(entry);
        } else {
            marks.remove(entry);
            writes.add(entry);
        }
    }

    /** Makes the key due after a random pause. */
    void later(DirtyKey entry) {
        remove(entry);
        entry.dueAt = platform.nanoTime() + platform.random().nextLong(backoffCap(entry.failures));
        waiting.add(entry);
    }

    static long backoffCap(int failures) {
        int doublings = Math.min(failures - 1, 20);
        return Math.min(LONGEST_BACKOFF_NANOS, FIRST_BACKOFF_NANOS << doublings);
    }

    /** Takes up to {@code max} due keys: writes first, but marks are not starved. */
    List<EntityKey> take(int max) {
        wake();
        List<EntityKey> taken = new ArrayList<>();
        int forMarks = Math.min(marks.size(), Math.max(1, max / 4));
        takeFrom(writes, Math.max(1, max - forMarks), taken);
        takeFrom(marks, max - taken.size(), taken);
        return taken;
    }

    private static void takeFrom(Set<DirtyKey> queue, int max, List<EntityKey> taken) {
        Iterator<DirtyKey> entries = queue.iterator();
        for (int n = 0; n < max && entries.hasNext(); n++) {
            DirtyKey entry = entries.next();
            entries.remove();
            entry.taken = true;
            taken.add(entry.key);
        }
    }

    private static int byDueTime(DirtyKey a, DirtyKey b) {
        int order = Long.compare(a.dueAt - b.dueAt, 0);
        return order != 0 ? order : Long.compare(a.sequence, b.sequence);
    }

    private @Nullable DirtyKey first() {
        return waiting.isEmpty() ? null : waiting.first();
    }

    private void wake() {
        long now = platform.nanoTime();
        for (DirtyKey head = first(); head != null && head.dueAt - now <= 0; head = first()) {
            now(head);
        }
    }

    void hurry() {
        new ArrayList<>(waiting).forEach(this::now);
    }

    long nanosUntilDue() {
        if (!writes.isEmpty() || !marks.isEmpty()) {
            return 0;
        }
        DirtyKey head = first();
        return head == null ? Long.MAX_VALUE : Math.max(0, head.dueAt - platform.nanoTime());
    }

    void remove(DirtyKey entry) {
        writes.remove(entry);
        marks.remove(entry);
        waiting.remove(entry);
    }

    void clear() {
        writes.clear();
        marks.clear();
        waiting.clear();
    }
}
