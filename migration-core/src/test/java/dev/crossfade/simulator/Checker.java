package dev.crossfade.simulator;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Judges a run by what the stores did and what the clients were told. Knows nothing of the library: it is told the stage
 * in plain words and asks one question, whether a key is dirty.
 */
final class Checker {
    private final Map<Long, KeyHistory> keys = new HashMap<>();
    private final Consumer<Violation> report;
    private LongPredicate dirty = key -> false;
    private Place primary = Place.OLD;
    private boolean dual;
    private boolean closed;
    private boolean known;
    private int changes;
    private int knownChanges;

    Checker(Consumer<Violation> report) {
        this.report = report;
    }

    private void violated(String promise, String what) {
        report.accept(new Violation(promise, what));
    }

    void key(long key, long stamp) {
        keys.put(key, new KeyHistory(key, stamp));
    }

    KeyHistory of(long key) {
        KeyHistory history = keys.get(key);
        if (history == null) {
            throw new IllegalStateException("no key " + key);
        }
        return history;
    }

    Place primary() {
        return primary;
    }

    boolean isDirty(long key) {
        return dirty.test(key);
    }

    boolean isClosed() {
        return closed;
    }

    boolean isDual() {
        return dual;
    }

    /** How often the stage or the epoch has changed. */
    int changes() {
        return changes;
    }

    /** Every call from now on sees the last change. */
    void changeIsKnown() {
        knownChanges = changes;
    }

    /** How many of the changes every call sees. */
    int knownChanges() {
        return knownChanges;
    }

    /** A process begins, and knows nothing of what the last one left dirty. */
    void processBegins(LongPredicate isDirty) {
        dirty = isDirty;
        known = false;
        keys.values().forEach(history -> {
            history.inFlight = 0;
            history.covered = false;
        });
    }

    /** The fence says something else now. */
    void stage(Place nowPrimary, boolean nowDual, boolean isClosed) {
        boolean begins = !dual && nowDual;
        boolean ends = dual && !nowDual;
        if (known && (begins || ends)) {
            keys.values().forEach(history -> history.covered = false);
        }
        if (known && nowPrimary != primary) {
            keys.values().forEach(history -> {
                if (!history.isEqual()) {
                    violated("P2 P13", "the primary moved while the stores differ: " + history);
                }
                history.covered = nowDual;
            });
        }
        known = true;
        changes++;
        primary = nowPrimary;
        dual = nowDual;
        closed = isClosed;
    }

    /** A client's write took effect. */
    int written(Place place, long key, long stamp) {
        KeyHistory history = of(key);
        if (place != primary) {
            violated("P1", "a write took effect on the side that is not primary: " + history);
        }
        if (closed) {
            violated("P1", "a write took effect while the primary was about to move: " + history);
        }
        if (history.content(place) != history.truth()) {
            violated("P2", "a write was built on a primary that lacks an earlier one: " + history);
        }
        history.append(place, stamp);
        if (dual) {
            history.covered = true;
        }
        return history.last();
    }

    /** The library copied a state. */
    void copied(Place place, long key, long stamp) {
        KeyHistory history = of(key);
        String before = history.toString();
        if (place == primary || !dual) {
            violated("P1", "a refresh wrote " + stamp + " to a store that is no secondary: " + before);
        }
        if (!dirty.test(key)) {
            violated("P7", "a refresh wrote " + stamp + " for a clean key: " + before);
        }
        long held = history.content(place);
        if (!history.advance(place, stamp)) {
            violated(held == KeyHistory.ABSENT ? "P6" : "P5", "the secondary went back to " + stamp + ": " + before);
        }
    }

    /** The ledger took the key in, or had no room for it. */
    void kept(long key, boolean inLedger) {
        of(key).covered = inLedger;
    }

    void begins(long key) {
        of(key).inFlight++;
    }

    void ends(long key) {
        of(key).inFlight--;
    }

    /** P4 at this moment. */
    void checkNow() {
        if (!dual) {
            return;
        }
        for (KeyHistory history : keys.values()) {
            if (history.covered && history.inFlight == 0 && !history.isEqual() && !dirty.test(history.key)) {
                violated("P4", "clean, no write in flight, and the stores differ: " + history);
            }
        }
    }

    /** The end of a run: everything has healed and every key was copied. */
    void checkEqual() {
        for (KeyHistory history : keys.values()) {
            if (dual && !history.isEqual()) {
                violated("P4", "the stores differ in the end: " + history);
            }
            if (history.content(primary) != history.truth()) {
                violated("P2", "the primary lacks a write in the end: " + history);
            }
        }
    }

    /** A client read this state, and must not see one older than this index. */
    void read(long key, @Nullable Item item, int atLeast) {
        KeyHistory history = of(key);
        long stamp = item == null ? KeyHistory.ABSENT : item.stamp();
        if (history.indexOf(stamp, atLeast) < 0) {
            violated("P9", "a client read " + stamp + " after its own write at index " + atLeast + ": " + history);
        }
    }

    void broken(String promise, String what) {
        violated(promise, what);
    }
}
