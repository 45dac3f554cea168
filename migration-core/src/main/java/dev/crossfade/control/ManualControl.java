package dev.crossfade.control;

import dev.crossfade.spi.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * Settings that a program turns by hand: for tests, and for services without a flag service.
 *
 * <pre>{@code
 * ManualControl control = ManualControl.create();
 * Migration migration = Migration.of("orders") ... .control(control).build();
 * control.wish(Stage.LEGACY_PRIMARY, 1).readNewPercent(5).shadowPercent(1);
 * }</pre>
 *
 * <p>A change has reached every migration under this control when the method returns, so it is in force for their next
 * call. Nothing is kept: after a restart the program says again what it wants, and until then reads go to the primary.
 * Safe for use by many threads; one control may serve several migrations.
 */
public final class ManualControl implements Control {
    private final List<ManualFeed> feeds = new ArrayList<>(); // guarded by this
    private Settings settings = Settings.NONE; // guarded by this

    private ManualControl() {}

    /** A control that begins with {@link Settings#NONE}. */
    public static ManualControl create() {
        return new ManualControl();
    }

    /**
     * Sets the share of routable reads that the new side answers.
     *
     * @param percent 0 to 100, with at most two decimals; until it is set, the primary answers
     * @throws IllegalArgumentException for any other number; nothing has changed then
     */
    public ManualControl readNewPercent(double percent) {
        int basisPoints = Settings.basisPoints(percent);
        return change(now ->
                new Settings(now.wish(), OptionalInt.of(basisPoints), now.shadowBasisPoints(), now.readsToPrimary()));
    }

    /**
     * Sets the share of reads that are followed by a shadow read.
     *
     * @param percent 0 to 100, with at most two decimals; 0 by default
     * @throws IllegalArgumentException for any other number; nothing has changed then
     */
    public ManualControl shadowPercent(double percent) {
        int basisPoints = Settings.basisPoints(percent);
        return change(now -> new Settings(now.wish(), now.readNewBasisPoints(), basisPoints, now.readsToPrimary()));
    }

    /** Turns the kill switch on or off: every read to the primary, no shadow reads, no inline refresh. */
    public ManualControl readsToPrimary(boolean on) {
        return change(now -> now.withReadsToPrimary(on));
    }

    /**
     * Asks for a stage.
     *
     * @param revision at least 1; counts only if it is higher than the last one that the migration's fence has seen
     * @throws IllegalArgumentException if the revision is lower than 1; nothing has changed then
     */
    public ManualControl wish(Stage stage, long revision) {
        return wish(Optional.of(new Wish(stage, revision)));
    }

    /** Permits the move to a stage that someone starts by API, and starts none. */
    public ManualControl permit(Stage stage) {
        return wish(Optional.of(new Wish(stage, null)));
    }

    /** Asks for no stage and permits none. */
    public ManualControl clearWish() {
        return wish(Optional.empty());
    }

    /** Replaces all settings at once. */
    public ManualControl set(Settings settings) {
        Objects.requireNonNull(settings, "settings");
        return change(now -> settings);
    }

    /** The settings in force. */
    public synchronized Settings settings() {
        return settings;
    }

    /** {@inheritDoc} Delivers at once, on the calling thread, and needs no thread of the platform. */
    @Override
    public synchronized Feed open(String migration, Platform platform, Sink sink) {
        Objects.requireNonNull(migration, "migration");
        Objects.requireNonNull(platform, "platform");
        ManualFeed feed = new ManualFeed(new Delivery(migration, Objects.requireNonNull(sink, "sink")));
        feeds.add(feed);
        feed.deliver();
        return feed;
    }

    private ManualControl wish(Optional<Wish> wish) {
        return change(
                now -> new Settings(wish, now.readNewBasisPoints(), now.shadowBasisPoints(), now.readsToPrimary()));
    }

    /** Under one lock to the end, so that two changes reach all migrations in the same order. */
    private synchronized ManualControl change(UnaryOperator<Settings> change) {
        settings = change.apply(settings);
        List.copyOf(feeds).forEach(ManualFeed::deliver);
        return this;
    }

    private final class ManualFeed implements Feed {
        private final Delivery delivery;

        private ManualFeed(Delivery delivery) {
            this.delivery = delivery;
        }

        /** Always the settings of this moment: a sink may itself have changed them meanwhile. */
        private void deliver() {
            delivery.accept(settings());
            delivery.endRefresh();
        }

        @Override
        public boolean isSegmented() {
            return false;
        }

        @Override
        public Settings forCaller(Settings base) {
            return base;
        }

        @Override
        public void close() {
            synchronized (ManualControl.this) {
                delivery.close();
                feeds.remove(this);
            }
        }
    }
}
