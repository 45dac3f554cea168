package dev.crossfade.internal.method;

import dev.crossfade.internal.method.RepositoryHandler.Call;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A default method that neither side overrides: its body runs on the proxy, so that its own calls are routed. */
public final class DefaultMethodCall implements Call {
    private final Method method;
    private volatile @Nullable Invoker bound;

    public DefaultMethodCall(Method method) {
        this.method = method;
    }

    @Override
    public @Nullable Object invoke(Object proxy, @Nullable Object @Nullable [] arguments) throws Throwable {
        Invoker invoker = bound;
        if (invoker == null) {
            // A proxy has one handler, so whichever thread binds first binds the same.
            invoker = Invoker.ofDefault(method, proxy);
            bound = invoker;
        }
        return invoker.invoke(arguments);
    }
}
