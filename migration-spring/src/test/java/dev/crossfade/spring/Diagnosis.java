package dev.crossfade.spring;

import java.util.List;
import java.util.Objects;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What a developer reads whose application does not start. */
final class Diagnosis {
    private Diagnosis() {}

    /** By the analyzers that Boot would find on the class path. */
    static String of(@Nullable Throwable failure) {
        List<FailureAnalysis> analyses = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(
                        FailureAnalyzer.class,
                        SpringFactoriesLoader.FailureHandler.logging(LogFactory.getLog(Diagnosis.class)))
                .stream()
                .map(analyzer -> analyzer.analyze(Objects.requireNonNull(failure)))
                .filter(Objects::nonNull)
                .toList();
        return analyses.isEmpty()
                ? "no analyzer knows " + failure
                : analyses.get(0).getDescription() + "\n" + analyses.get(0).getAction();
    }
}
