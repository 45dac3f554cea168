package dev.crossfade.internal.method;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stands behind a repository's proxy and hands every call to what was planned for its method. */
public final class RepositoryHandler implements InvocationHandler {
    private final String description;
    private final Map<Method, Call> calls;

    public RepositoryHandler(String description, Map<Method, Call> calls) {
        this.description = description;
        this.calls = new HashMap<>(calls);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Call call = calls.get(method);
        return call != null ? call.invoke(proxy, arguments) : ofObject(proxy, method, arguments);
    }

    private Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> description;
        };
    }

    /** What a method of the proxy does. */
    @FunctionalInterface
    public interface Call {
        /** Does it; exceptions are those of the repository, or Crossfade's own. */
        @Nullable
        Object invoke(Object proxy, @Nullable Object @Nullable [] arguments) throws Throwable;
    }
}
