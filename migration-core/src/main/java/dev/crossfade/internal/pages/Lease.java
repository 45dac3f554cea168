package dev.crossfade.internal.pages;

import dev.crossfade.PhaseMovedException;
import dev.crossfade.internal.view.Context;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Keeps a claim while its page takes long: what is taken over for that, two instances could go on doing again and again. For
 * one thread.
 */
public final class Lease {
    private static final Duration RENEW_AFTER = Duration.ofSeconds(5);

    private final Context context;
    private final BooleanSupplier renewal;
    private final String loss;
    private long renewedAt;

    /**
     * A lease that begins now.
     *
     * @param renewal says that the claim is still worked on; false if it has gone
     * @param loss    what it means if it has gone, for messages
     */
    public Lease(Context context, BooleanSupplier renewal, String loss) {
        this.context = context;
        this.renewal = renewal;
        this.loss = loss;
        this.renewedAt = context.platform().nanoTime();
    }

    /**
     * To be called again and again while a page is worked on.
     *
     * @throws PhaseMovedException if the claim has gone: nothing of the page counts
     */
    public void keep() {
        long now = context.platform().nanoTime();
        if (now - renewedAt > RENEW_AFTER.toNanos()) {
            if (!renewal.getAsBoolean()) {
                throw new PhaseMovedException(context.migration(), loss);
            }
            renewedAt = now;
        }
    }
}
