package dev.crossfade.control;

import dev.openfeature.sdk.EvaluationContext;
import java.util.Optional;
import java.util.function.Consumer;

/** The last good answers of both flags for one evaluation context. Used by the feed's thread only. */
final class FlagReader {
    private final MigrationFlags flags;
    private final Consumer<String> reject;

    private Optional<Settings> lastGood = Optional.empty();
    private boolean readsToPrimary;

    FlagReader(MigrationFlags flags, Consumer<String> reject) {
        this.flags = flags;
        this.reject = reject;
    }

    /**
     * Reads both flags, the kill switch first. Whoever dials down and then releases the switch is so never seen with
     * the switch off and the old dials; and a switch that is on does not wait for the settings.
     *
     * @param changed called after each answer that may be used: once or twice
     * @return whether the provider was ready
     */
    boolean read(EvaluationContext context, Runnable changed) {
        readKillSwitch(context);
        if (readsToPrimary) {
            changed.run();
        }
        boolean ready = readSettings(context);
        changed.run();
        return ready;
    }

    /** The last good settings without the kill switch; empty if there were none yet. */
    Optional<Settings> lastGood() {
        return lastGood;
    }

    boolean readsToPrimary() {
        return readsToPrimary;
    }

    private void readKillSwitch(EvaluationContext context) {
        Reading<Boolean> reading = flags.killSwitch(readsToPrimary, context);
        if (reading instanceof Reading.Good<Boolean> good) {
            readsToPrimary = good.value();
        } else if (reading instanceof Reading.Absent<Boolean> absent) {
            // Nobody needs to create the switch before it is used; but one that was on must be turned off, not removed.
            if (readsToPrimary) {
                reject.accept(absent.reason() + " or turn it off there; until then reads stay on the primary");
            }
        } else if (reading instanceof Reading.Bad<Boolean> bad) {
            reject.accept(bad.reason());
        } else if (reading instanceof Reading.NotReady<Boolean> notReady) {
            reject.accept(notReady.reason());
        }
    }

    private boolean readSettings(EvaluationContext context) {
        Reading<Settings> reading = flags.settings(context);
        if (reading instanceof Reading.Good<Settings> good) {
            lastGood = Optional.of(good.value());
        } else if (reading instanceof Reading.Absent<Settings> absent) {
            reject.accept(absent.reason());
        } else if (reading instanceof Reading.Bad<Settings> bad) {
            reject.accept(bad.reason());
        } else if (reading instanceof Reading.NotReady<Settings> notReady) {
            reject.accept(notReady.reason());
            return false;
        }
        return true;
    }
}
