package dev.crossfade.spi;

import dev.crossfade.CallScope;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries what hangs on the caller's thread (logging context, security, tenant) to the thread of a shadow read.
 * Declared by the service; nothing is carried that is not declared. Only sampled calls pay for it.
 */
@FunctionalInterface
public interface ContextCarrier {

    /** Takes what is on the calling thread. The result is used once, on another thread. */
    Carried capture();

    /** What was taken. */
    @FunctionalInterface
    interface Carried {
        /** Puts it on the calling thread; closing the result takes it off again and brings back what was there. */
        Restored restore();
    }

    /** What has to be undone. */
    @FunctionalInterface
    interface Restored extends AutoCloseable {
        @Override
        void close();
    }

    /** Carries the {@link CallScope}, so that the shadow read is made for the same subject. */
    static ContextCarrier callScope() {
        return () -> {
            var scope = CallScope.current();
            return () -> {
                var opened = scope.open();
                return opened::close;
            };
        };
    }

    /** Carries SLF4J's mapped diagnostic context. */
    static ContextCarrier mdc() {
        return () -> {
            var captured = MDC.getCopyOfContextMap();
            return () -> {
                var before = MDC.getCopyOfContextMap();
                replaceMdc(captured);
                return () -> replaceMdc(before);
            };
        };
    }

    private static void replaceMdc(@Nullable Map<String, String> context) {
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }
}
