package dev.crossfade.internal.observe;

import dev.crossfade.spi.Platform;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times one call in {@value #ONE_IN}, at random: two looks at the clock cost more than routing a read. A timer that no
 * registry has taken times nothing.
 */
public final class SampledTimer {
    static final int ONE_IN = 128;

    private final Platform platform;
    private volatile @Nullable Timer timer;

    SampledTimer(Platform platform) {
        this.platform = platform;
    }

    void bind(Timer registered) {
        timer = registered;
    }

    /** The time now if this call is to be timed, else 0. */
    public long begin() {
        if (timer == null || (platform.random().nextInt() & (ONE_IN - 1)) != 0) {
            return 0;
        }
        long now = platform.nanoTime();
        return now == 0 ? 1 : now;
    }

    /** Ends what {@link #begin} began. */
    public void end(long began) {
        Timer bound = timer;
        if (began != 0 && bound != null) {
            bound.record(platform.nanoTime() - began, TimeUnit.NANOSECONDS);
        }
    }
}
