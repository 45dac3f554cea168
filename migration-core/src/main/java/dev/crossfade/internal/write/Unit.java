package dev.crossfade.internal.write;

import dev.crossfade.CallScope;
import dev.crossfade.Side;
import dev.crossfade.internal.view.WritesUnderWay;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Touch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One unit of work on the primary: its stage and side are pinned, and it remembers the keys that it touched. */
final class Unit {
    private final FenceView view;
    private final Map<EntityKey, Change> touched = new LinkedHashMap<>();
    private final WritesUnderWay underWay;
    private final @Nullable String subject = CallScope.current().subject();
    private final List<EntityKey> begun = new ArrayList<>();
    private int begunUnknown;
    private int untracked;
    private boolean workDone;
    private boolean written;
    private final boolean readOnly;

    Unit(FenceView view, WritesUnderWay underWay) {
        this(view, underWay, false);
    }

    private Unit(FenceView view, WritesUnderWay underWay, boolean readOnly) {
        this.view = view;
        this.underWay = underWay;
        this.readOnly = readOnly;
    }

    /** A unit that refuses writes; its reads go where they would go without it. */
    static Unit readOnly(FenceView view, WritesUnderWay underWay) {
        return new Unit(view, underWay, true);
    }

    boolean isReadOnly() {
        return readOnly;
    }

    /** What the unit is pinned to. */
    FenceView view() {
        return view;
    }

    /** Who opened the unit. */
    @Nullable
    String subject() {
        return subject;
    }

    Side side() {
        return view.stage().primary();
    }

    boolean records() {
        return view.stage().isDualWrite();
    }

    /** Before a write: this key may change. */
    void begin(EntityKey key) {
        if (!touched.containsKey(key)) {
            underWay.begin(key);
            begun.add(key);
        }
        touched.putIfAbsent(key, Change.MARKED);
    }

    /** Before a write whose keys only its result will tell. */
    void beginUnknown() {
        underWay.beginUnknown();
        begunUnknown++;
    }

    /** The ledger knows what this unit touched. */
    void recorded() {
        underWay.end(begun, begunUnknown);
    }

    /** Remembers a key. The last operation counts; after one that failed, nothing is known of the key. */
    void touch(EntityKey key, Change change) {
        touched.put(key, change);
    }

    /** The work has ended without an exception; what fails from here on is the commit, and that may be ambiguous. */
    void workDone() {
        workDone = true;
    }

    /** The transaction is known not to have been committed, whatever was done in it. */
    void undone() {
        workDone = false;
    }

    boolean isWorkDone() {
        return workDone;
    }

    /** A write has been called: what the unit does has to be held to the primary. */
    void written() {
        written = true;
    }

    boolean hasWritten() {
        return written;
    }

    void touchWithoutKey() {
        untracked++;
    }

    int untracked() {
        return untracked;
    }

    /** The touched keys; of a unit that failed, nothing is known but that they may have changed. */
    List<Touch> touches(boolean failed) {
        List<Touch> touches = new ArrayList<>(touched.size());
        touched.forEach((key, change) -> touches.add(new Touch(key, failed ? Change.MARKED : change)));
        return touches;
    }
}
