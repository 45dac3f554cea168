package dev.crossfade.control;

import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Structure;
import dev.openfeature.sdk.Value;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A provider that does what a test says, and counts. It reports no change unless it is told to. */
final class ScriptedProvider extends EventProvider {
    volatile Function<EvaluationContext, ProviderEvaluation<?>> settings = context -> missing();
    volatile Function<EvaluationContext, ProviderEvaluation<?>> killSwitch = context -> missing();
    /** Whether the provider answers with the caller's default and reports no error, as some do. */
    volatile boolean killSwitchAnswersDefault;

    volatile Runnable initialization = () -> {};

    final AtomicInteger evaluations = new AtomicInteger();
    final Set<Thread> evaluators = ConcurrentHashMap.newKeySet();
    final Set<EvaluationContext> contexts = ConcurrentHashMap.newKeySet();

    static ProviderEvaluation<?> missing() {
        return error(ErrorCode.FLAG_NOT_FOUND);
    }

    static ProviderEvaluation<?> error(ErrorCode code) {
        return ProviderEvaluation.<Value>builder()
                .errorCode(code)
                .errorMessage("simulated CANARY")
                .reason(Reason.ERROR.name())
                .build();
    }

    static ProviderEvaluation<?> value(@Nullable Object value) {
        return ProviderEvaluation.<Object>builder()
                .value(value)
                .reason(Reason.STATIC.name())
                .build();
    }

    static ProviderEvaluation<?> disabled(Object value) {
        return ProviderEvaluation.<Object>builder()
                .value(value)
                .reason(Reason.DISABLED.name())
                .build();
    }

    static Value object(Map<String, Object> fields) {
        return new Value(Structure.mapToStructure(fields));
    }

    void settings(Map<String, Object> fields) {
        settings = context -> value(object(fields));
    }

    void killSwitch(boolean on) {
        killSwitch = context -> value(on);
    }

    void reportChange() {
        var unused =
                emitProviderConfigurationChanged(ProviderEventDetails.builder().build());
    }

    @Override
    public Metadata getMetadata() {
        return () -> "scripted";
    }

    @Override
    public void initialize(EvaluationContext context) {
        initialization.run();
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(String key, Boolean or, EvaluationContext context) {
        return evaluate(killSwitchAnswersDefault ? any -> value(or) : killSwitch, context);
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(String key, Value or, EvaluationContext context) {
        return evaluate(settings, context);
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(String key, String or, EvaluationContext context) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(String key, Integer or, EvaluationContext context) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(String key, Double or, EvaluationContext context) {
        throw new UnsupportedOperationException();
    }

    /** Unchecked on purpose: a sloppy provider answers with another type than asked for, too. */
    @SuppressWarnings("unchecked")
    private <T> ProviderEvaluation<T> evaluate(
            Function<EvaluationContext, ProviderEvaluation<?>> script, EvaluationContext context) {
        evaluations.incrementAndGet();
        evaluators.add(Thread.currentThread());
        contexts.add(context);
        return (ProviderEvaluation<T>) script.apply(context);
    }
}
