package dev.crossfade.internal.write;

import dev.crossfade.Side;
import dev.crossfade.event.MigrationEvent.SecondaryAvailable;
import dev.crossfade.event.MigrationEvent.SecondaryUnavailable;
import dev.crossfade.internal.view.Breaker;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.FailureSummary;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the secondary answers refreshes, told once per episode. */
final class SecondaryHealth {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final Breaker breaker;
    private final AtomicLong writes = new AtomicLong();

    SecondaryHealth(Context context, Breaker breaker) {
        this.context = context;
        this.breaker = breaker;
    }

    boolean isDown() {
        return breaker.isOpen();
    }

    /** How many writes have succeeded so far; tells a slow key from a dead store. */
    long writes() {
        return writes.get();
    }

    /** A write has succeeded. */
    void wrote() {
        writes.incrementAndGet();
        answered();
    }

    /** It has answered, be it with a refusal. */
    void answered() {
        if (breaker.succeeded()) {
            Side secondary = context.fence().view().stage().primary().other();
            context.ledger().hurry();
            log.info("{} - the {} store answers again; dirty keys are refreshed", context.migration(), secondary);
            context.events().publish(new SecondaryAvailable(context.migration(), secondary));
        }
    }

    void unreachable(FailureSummary summary) {
        if (breaker.failed()) {
            Side secondary = context.fence().view().stage().primary().other();
            log.warn(
                    "{} - the {} store does not answer ({}); keys stay dirty and the primary goes on, next try in {} ms",
                    context.migration(),
                    secondary,
                    summary,
                    Breaker.PAUSE_NANOS / 1_000_000);
            context.events().publish(new SecondaryUnavailable(context.migration(), secondary, summary));
        }
    }
}
