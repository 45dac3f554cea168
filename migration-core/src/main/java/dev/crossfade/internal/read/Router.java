package dev.crossfade.internal.read;

import dev.crossfade.CallScope;
import dev.crossfade.Side;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.view.View;
import dev.crossfade.routing.StickyBucket;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds the side of a read from its routing key: the marked argument, else the subject, else the entity key. */
final class Router {
    private static final int NO_KEY = -1;

    private final StickyBucket bucket;
    private final int routingIndex;
    private final int keyIndex;

    Router(StickyBucket bucket, MethodPlan plan) {
        this.bucket = bucket;
        this.routingIndex = plan.routingIndex();
        this.keyIndex = plan.keyIndex();
    }

    /** The side that the dial gives this call, or {@code null} if it has no routing key. */
    @Nullable
    Side route(View view, @Nullable Object @Nullable [] arguments, CallScope scope) {
        int of = bucketOf(arguments, scope);
        if (of == NO_KEY) {
            return null;
        }
        return of < view.newThreshold ? Side.NEW : Side.LEGACY;
    }

    private int bucketOf(@Nullable Object @Nullable [] arguments, CallScope scope) {
        if (routingIndex >= 0 && arguments != null) {
            int of = bucketOf(arguments[routingIndex]);
            if (of != NO_KEY) {
                return of;
            }
        }
        String subject = scope.subject();
        if (subject != null) {
            return bucket.of(subject);
        }
        return keyIndex >= 0 && arguments != null ? bucketOf(arguments[keyIndex]) : NO_KEY;
    }

    private int bucketOf(@Nullable Object key) {
        if (key instanceof String text) {
            return bucket.of(text);
        }
        if (key instanceof Long || key instanceof Integer || key instanceof Short) {
            return bucket.of(((Number) key).longValue());
        }
        if (key instanceof UUID uuid) {
            return bucket.of(uuid);
        }
        if (key instanceof Enum<?> constant) {
            return bucket.of(constant.name());
        }
        // A record's text form is made of its components; other objects may not have a stable one.
        return key instanceof Record composite ? bucket.of(composite.toString()) : NO_KEY;
    }
}
