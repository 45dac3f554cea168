package dev.crossfade.compare;

import dev.crossfade.compare.Comparison.Reason;

/** Ends a comparison that cannot go on. Never leaves this package. */
final class Stop extends RuntimeException {

    private final transient Reason reason;

    private Stop(Reason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    static Stop tooLarge() {
        return new Stop(Reason.TOO_LARGE);
    }

    static Stop notComparable() {
        return new Stop(Reason.NOT_COMPARABLE);
    }

    Reason reason() {
        return reason;
    }
}
