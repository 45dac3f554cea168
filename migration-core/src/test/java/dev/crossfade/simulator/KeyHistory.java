package dev.crossfade.simulator;

import java.util.ArrayList;
import java.util.List;

/** One key: every state that was ever true of it, in order, and where each store stands. */
final class KeyHistory {
    static final long ABSENT = 0;

    final long key;
    private final List<Long> states = new ArrayList<>();
    private final long[] content = new long[2];
    private final int[] position = {-1, -1};

    /** Writes of clients that have begun and not ended. */
    int inFlight;

    /** Whether the stores must be equal whenever the key is clean and no write is in flight. */
    boolean covered;

    KeyHistory(long key, long stamp) {
        this.key = key;
        states.add(stamp);
        content[Place.OLD.index] = stamp;
        position[Place.OLD.index] = 0;
    }

    int last() {
        return states.size() - 1;
    }

    long truth() {
        return states.get(last());
    }

    long content(Place place) {
        return content[place.index];
    }

    boolean isEqual() {
        return content[0] == content[1];
    }

    /** A state became true by a write in this store. */
    void append(Place place, long stamp) {
        states.add(stamp);
        moveTo(place, stamp, last());
    }

    private void moveTo(Place place, long stamp, int index) {
        content[place.index] = stamp;
        position[place.index] = index;
    }

    /** A person has emptied this store. */
    void empty(Place place) {
        moveTo(place, ABSENT, -1);
    }

    /** A state was copied to this store; false if it is older than what the store held. */
    boolean advance(Place place, long stamp) {
        if (stamp == ABSENT && content(place) == ABSENT) {
            return true;
        }
        int index = indexOf(stamp, Math.max(0, position[place.index]));
        moveTo(place, stamp, index);
        return index >= 0;
    }

    /** The first index, from here on, at which this was the state; -1 if there is none. */
    int indexOf(long stamp, int from) {
        for (int index = from; index < states.size(); index++) {
            if (states.get(index) == stamp) {
                return index;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return "key " + key + " history " + states + " old " + content[0] + "@" + position[0] + " fresh " + content[1]
                + "@" + position[1] + (covered ? " covered" : "") + " in flight " + inFlight;
    }
}
