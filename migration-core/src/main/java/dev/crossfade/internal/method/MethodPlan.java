package dev.crossfade.internal.method;

import dev.crossfade.spi.Change;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one method of a repository does.
 *
 * @param method       the method of the interface
 * @param kind         how it is treated
 * @param why          the rule that decided the kind, for the printed plan
 * @param result       the shape of the result; for a {@code CompletionStage} of what it completes with
 * @param later        whether the result is a {@code CompletionStage}
 * @param keys         where the keys come from; empty for reads without a key
 * @param routingIndex the argument marked {@code @RoutingKey}, or -1
 * @param change       what an absent row means after this write
 * @param keysListedBy the method that lists the keys of a write by predicate, or {@code null}
 */
public record MethodPlan(
        Method method,
        Kind kind,
        String why,
        Shape result,
        boolean later,
        List<KeySource> keys,
        int routingIndex,
        Change change,
        @Nullable Method keysListedBy) {

    /** How a method is treated. */
    public enum Kind {
        READ,
        WRITE,
        PRIMARY_ONLY,
        /** A default method that neither side overrides: its own calls are routed one by one. */
        DEFAULT
    }

    /** The position of the argument that is the one key of a read, or -1. */
    public int keyIndex() {
        return keys.size() == 1 && keys.get(0) instanceof KeySource.KeyArgument argument && !argument.many()
                ? argument.index()
                : -1;
    }

    /** The method's name and parameter types, as a person writes them. */
    public String signature() {
        return signature(method);
    }

    static String signature(Method method) {
        return Arrays.stream(method.getGenericParameterTypes())
                .map(MethodPlan::simple)
                .collect(Collectors.joining(", ", method.getName() + "(", ")"));
    }

    private static String simple(Type type) {
        return type.getTypeName().replaceAll("[\\w.]+[.$](\\w)", "$1");
    }
}
