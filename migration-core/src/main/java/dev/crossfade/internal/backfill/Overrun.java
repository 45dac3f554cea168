package dev.crossfade.internal.backfill;

/** The backfill cannot go on, with what to do; ends it. */
final class Overrun extends Exception {
    private final String reason;

    Overrun(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
