package dev.crossfade.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells mistakes in the wiring without a stack trace. */
final class WiringFailureAnalyzer extends AbstractFailureAnalyzer<WiringException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, WiringException cause) {
        return new FailureAnalysis(
                "Crossfade cannot wire its migrations. Nothing was started.\n\n"
                        + WiringException.bullets(cause.mistakes()),
                "Correct " + (cause.mistakes().size() == 1 ? "it" : "them all") + " and start again.",
                cause);
    }
}
