package dev.crossfade.simulator;

/** A promise was broken in a simulated run. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    private final String promise;

    Violation(String promise, String what) {
        super(promise + ": " + what);
        this.promise = promise;
    }

    /** Whether one of the library's promises was broken, rather than that the run took too long to tell. */
    boolean breaksPromise() {
        return promise.startsWith("P");
    }
}
