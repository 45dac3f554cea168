package dev.crossfade.internal.pages;

/** The job cannot go on, with what to do; ends it. */
public final class Overrun extends Exception {
    private final String reason;

    public Overrun(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
