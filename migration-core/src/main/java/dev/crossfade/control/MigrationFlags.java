package dev.crossfade.control;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks a client for the two flags of a migration. Never throws and never repeats what a provider said in words. */
final class MigrationFlags {
    private final Client client;
    private final String settingsFlag;
    private final String killSwitchFlag;

    MigrationFlags(Client client, String migration) {
        this.client = client;
        this.settingsFlag = "crossfade." + migration;
        this.killSwitchFlag = settingsFlag + ".reads-to-primary";
    }

    /** The settings, kill switch off. */
    Reading<Settings> settings(EvaluationContext context) {
        return ask(
                settingsFlag, () -> client.getObjectDetails(settingsFlag, new Value(), context), SettingsParser::parse);
    }

    /**
     * The kill switch.
     *
     * @param lastGood given to the provider as the default: one without an opinion then changes nothing
     */
    Reading<Boolean> killSwitch(boolean lastGood, EvaluationContext context) {
        return ask(
                killSwitchFlag,
                () -> client.getBooleanDetails(killSwitchFlag, lastGood, context),
                value -> value instanceof Boolean on
                        ? new Reading.Good<>(on)
                        : new Reading.Bad<>("is not a boolean; choose true or false"));
    }

    private static <T> Reading<T> ask(
            String flag,
            Supplier<? extends FlagEvaluationDetails<?>> evaluation,
            Function<@Nullable Object, Reading<T>> parser) {
        Reading<T> reading;
        try {
            reading = read(evaluation.get(), parser);
        } catch (Throwable e) { // the SDK catches a provider's exceptions, not its errors
            reading = new Reading.Bad<>(
                    "cannot be evaluated, the provider threw " + e.getClass().getName());
        }
        return named(flag, reading);
    }

    private static <T> Reading<T> read(
            FlagEvaluationDetails<?> details, Function<@Nullable Object, Reading<T>> parser) {
        ErrorCode error = details.getErrorCode();
        if (error == ErrorCode.FLAG_NOT_FOUND) {
            return new Reading.Absent<>("does not exist; create it");
        }
        if (error == ErrorCode.PROVIDER_NOT_READY) {
            return new Reading.NotReady<>("cannot be evaluated yet, the provider is not ready");
        }
        if (error != null || Reason.ERROR.name().equals(details.getReason())) {
            return new Reading.Bad<>("cannot be evaluated, the provider says "
                    + (error == null ? ErrorCode.GENERAL : error) + "; its own log says why");
        }
        if (Reason.DISABLED.name().equals(details.getReason())) {
            return new Reading.Absent<>("is disabled at the provider; enable it");
        }
        return parser.apply(details.getValue());
    }

    private static <T> Reading<T> named(String flag, Reading<T> reading) {
        String prefix = "Flag '" + flag + "' ";
        if (reading instanceof Reading.Bad<T> bad) {
            return new Reading.Bad<>(prefix + bad.reason());
        }
        if (reading instanceof Reading.Absent<T> absent) {
            return new Reading.Absent<>(prefix + absent.reason());
        }
        if (reading instanceof Reading.NotReady<T> notReady) {
            return new Reading.NotReady<>(prefix + notReady.reason());
        }
        return reading;
    }
}
