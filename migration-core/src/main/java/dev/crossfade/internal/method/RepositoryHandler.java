package dev.crossfade.internal.method;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stands behind a repository's proxy and hands every call to what was planned for its method. */
public final class RepositoryHandler implements InvocationHandler {
    private final String description;
    private final Map<Method, Call> calls;

    /**
     * The same by identity, as far as known. A proxy passes the same objects on every call, but not those that its
     * interface was read into: telling that they are equal would cost more than the rest of the way to the store.
     * Replaced under {@code this}, never changed.
     */
    private volatile IdentityHashMap<Method, Call> known = new IdentityHashMap<>();

    public RepositoryHandler(String description, Map<Method, Call> calls) {
        this.description = description;
        this.calls = new HashMap<>(calls);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Call call = known.get(method);
        if (call == null) {
            call = calls.get(method);
            if (call == null) {
                return ofObject(proxy, method, arguments);
            }
            learn(method, call);
        }
        return call.invoke(proxy, arguments);
    }

    private synchronized void learn(Method method, Call call) {
        // One object for each method; whoever calls the handler past the proxy may bring as many as they like.
        if (known.size() < calls.size()) {
            IdentityHashMap<Method, Call> more = new IdentityHashMap<>(known);
            more.put(method, call);
            known = more;
        }
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
