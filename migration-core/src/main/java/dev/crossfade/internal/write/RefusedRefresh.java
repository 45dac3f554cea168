package dev.crossfade.internal.write;

/** A refresh that Crossfade itself refuses, with a reason that carries no value. */
final class RefusedRefresh extends Exception {
    private final String reason;
    private final boolean ofKey;

    RefusedRefresh(String reason) {
        this(reason, true);
    }

    private RefusedRefresh(String reason, boolean ofKey) {
        super(reason, null, false, false);
        this.reason = reason;
        this.ofKey = ofKey;
    }

    /** A refusal that says nothing about the key and passes with time. */
    static RefusedRefresh forNow(String reason) {
        return new RefusedRefresh(reason, false);
    }

    /** Whether the refusal counts towards parking the key. */
    boolean isOfKey() {
        return ofKey;
    }

    String reason() {
        return reason;
    }
}
