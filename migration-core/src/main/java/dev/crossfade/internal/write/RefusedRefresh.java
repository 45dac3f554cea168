package dev.crossfade.internal.write;

/** A refresh that Crossfade itself refuses, with a reason that carries no value. */
final class RefusedRefresh extends Exception {
    private final String reason;

    RefusedRefresh(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
