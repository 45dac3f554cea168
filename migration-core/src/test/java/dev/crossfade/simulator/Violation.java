package dev.crossfade.simulator;

/** A promise was broken in a simulated run. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    Violation(String promise, String what) {
        super(promise + ": " + what);
    }
}
