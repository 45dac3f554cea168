package dev.crossfade.internal.read;

import dev.crossfade.Side;
import dev.crossfade.internal.view.View;
import org.jspecify.annotations.Nullable;

/** The shadow reads of one method. */
@FunctionalInterface
public interface ShadowCall {
    /**
     * Has the other side read and compared, after the caller has its answer. Never blocks and never throws.
     *
     * @param view      the view of the call
     * @param answered  the side that answered the caller
     * @param arguments the call's arguments
     * @param answer    what the caller got
     */
    void offer(View view, Side answered, @Nullable Object @Nullable [] arguments, @Nullable Object answer);
}
