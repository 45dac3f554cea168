package dev.crossfade.control;

import dev.crossfade.spi.Platform;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.ImmutableContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Settings from a flag service, through an OpenFeature client.
 *
 * <pre>{@code
 * .control(OpenFeatureControl.using(OpenFeatureAPI.getInstance().getClient()).segmentedBy("region"))
 * }</pre>
 *
 * <p>Two flags belong to a migration named {@code orders}:
 *
 * <ul>
 *   <li>{@code crossfade.orders}, an object such as
 *       {@code {"stage":"LEGACY_PRIMARY","revision":7,"readNewPercent":12.5,"shadowPercent":1}}. Every field may be left
 *       out: without a stage nothing is wished for, without a revision the stage is only permitted, without
 *       {@code readNewPercent} the primary answers, and {@code shadowPercent} is 0. Percentages lie between 0 and 100
 *       and have at most two decimals. One bad or unknown field rejects the whole value, so that a change is made
 *       entirely or not at all.
 *   <li>{@code crossfade.orders.reads-to-primary}, a boolean: the kill switch. It needs not exist, and it works
 *       whatever is wrong with the other flag. Once it was on, only {@code false} turns it off; a flag that was deleted
 *       or disabled meanwhile leaves it on.
 * </ul>
 *
 * <p>Whatever is wrong (a missing or disabled flag, a bad value, a provider that is down, slow or throws), the last good
 * settings stay in force and the migration is told why, without the value. Before the first good value nothing is
 * delivered at all, a kill switch excepted.
 *
 * <p>One thread of each migration evaluates the flags: when the provider reports an event, and in any case every
 * {@link #refreshEvery}, because some providers have no events and others lose them. Calls of the application never
 * wait for the flag service. An evaluation that never returns keeps the last settings in force until it does; set a
 * deadline at the provider. Immutable; safe for use by many threads and several migrations.
 */
public final class OpenFeatureControl implements Control {
    /** How often flags are evaluated without an event: {@code 5 s}. */
    public static final Duration DEFAULT_REFRESH_EVERY = Duration.ofSeconds(5);

    /** The shortest time between two evaluations without an event: {@code 100 ms}. */
    public static final Duration MIN_REFRESH_EVERY = Duration.ofMillis(100);

    /** The longest time between two evaluations without an event: {@code 1 h}. */
    public static final Duration MAX_REFRESH_EVERY = Duration.ofHours(1);

    private final Client client;
    private final Duration refreshEvery;
    private final List<String> segmentedBy;
    private final Supplier<? extends EvaluationContext> contextSupplier;

    private OpenFeatureControl(
            Client client,
            Duration refreshEvery,
            List<String> segmentedBy,
            Supplier<? extends EvaluationContext> contextSupplier) {
        this.client = client;
        this.refreshEvery = refreshEvery;
        this.segmentedBy = segmentedBy;
        this.contextSupplier = contextSupplier;
    }

    /**
     * Settings by this client. Its provider may become ready later, change or fail; it is never replaced, initialised
     * or shut down from here.
     */
    public static OpenFeatureControl using(Client client) {
        return new OpenFeatureControl(
                Objects.requireNonNull(client, "client"),
                DEFAULT_REFRESH_EVERY,
                List.of(),
                () -> ImmutableContext.EMPTY);
    }

    /**
     * This control with another time between two evaluations without an event.
     *
     * @param interval 100 ms to 1 h; 5 s by default
     * @throws IllegalArgumentException for any other duration
     */
    public OpenFeatureControl refreshEvery(Duration interval) {
        Objects.requireNonNull(interval, "interval");
        if (interval.compareTo(MIN_REFRESH_EVERY) < 0 || interval.compareTo(MAX_REFRESH_EVERY) > 0) {
            throw new IllegalArgumentException("OpenFeatureControl refreshEvery is " + interval + "; choose "
                    + MIN_REFRESH_EVERY + " to " + MAX_REFRESH_EVERY + " (default " + DEFAULT_REFRESH_EVERY + ")");
        }
        return new OpenFeatureControl(client, interval, segmentedBy, contextSupplier);
    }

    /**
     * This control with dials that may differ by attributes of the caller, see {@link
     * dev.crossfade.CallScope#attributes()}. Flags are evaluated once for every combination of values and kept, for at
     * most 1 000 combinations and until ten minutes after the last call; so name attributes with few values, such as a
     * region or a tier, and none that tells users apart. The subject of a call is never passed on.
     *
     * <p>The first calls of a new combination get the settings for everybody. A stage is wished for by these alone.
     *
     * @param attributes names, none twice; none by default, which gives all callers the same settings
     * @throws IllegalArgumentException for a blank or repeated name
     */
    public OpenFeatureControl segmentedBy(String... attributes) {
        List<String> names = List.of(attributes);
        if (names.stream().anyMatch(String::isBlank)
                || names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("OpenFeatureControl segmentedBy is " + names
                    + "; choose names of attributes, none of them blank and none twice");
        }
        return new OpenFeatureControl(client, refreshEvery, names, contextSupplier);
    }

    /**
     * This control with an evaluation context for all evaluations, such as the environment or the version of the
     * service. Attributes of the caller win over it.
     *
     * @param context asked before every refresh, on the migration's control thread, never on a caller's; if it throws
     *                or gives {@code null}, the context before stays
     */
    public OpenFeatureControl contextFrom(Supplier<? extends EvaluationContext> context) {
        Objects.requireNonNull(context, "context");
        return new OpenFeatureControl(
                client,
                refreshEvery,
                segmentedBy,
                () -> Objects.requireNonNull(context.get(), "the context given by contextFrom"));
    }

    /**
     * {@inheritDoc} Returns as soon as settings are delivered, or the ready provider has none; waits two seconds for a
     * provider that is not ready or does not answer.
     */
    @Override
    public Feed open(String migration, Platform platform, Sink sink) {
        Objects.requireNonNull(migration, "migration");
        Objects.requireNonNull(platform, "platform");
        Delivery delivery = new Delivery(migration, Objects.requireNonNull(sink, "sink"));
        return FlagFeed.open(client, contextSupplier, segmentedBy, refreshEvery, platform, migration, delivery);
    }
}
