package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Control;
import dev.crossfade.control.Settings;
import dev.crossfade.control.Stage;
import dev.crossfade.control.Wish;
import dev.crossfade.event.MigrationEvent.MoveRefused;
import dev.crossfade.event.MigrationEvent.SettingsRejected;
import dev.crossfade.event.MigrationEvent.StageMoved;
import dev.crossfade.spi.Platform;
import dev.crossfade.testing.ManualPlatform;
import dev.crossfade.testing.Rig;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A flag's stage is a wish: tried once per revision, through the gates that hold for everybody. */
@Timeout(180)
class WishesTest {
    /** A control that delivers what the test says, when the test says it. */
    private static final class Script implements Control {
        private @Nullable Sink sink;

        @Override
        public Feed open(String migration, Platform platform, Sink opened) {
            sink = opened;
            return new Feed() {
                @Override
                public boolean isSegmented() {
                    return false;
                }

                @Override
                public Settings forCaller(Settings base) {
                    return base;
                }

                @Override
                public void close() {}
            };
        }

        Sink sink() {
            return Objects.requireNonNull(sink);
        }

        void wish(Stage stage, @Nullable Long revision) {
            sink().accept(new Settings(Optional.of(new Wish(stage, revision)), OptionalInt.empty(), 0, false));
        }
    }

    private final Script flags = new Script();
    private Rig rig = Rig.built(b -> {});

    private void begin() {
        rig = Rig.built(b -> b.control(flags));
        rig.migration.start();
    }

    private Stage stage() {
        return rig.migration.status().stage();
    }

    /** Two more ticks of the clock have looked at the wishes. */
    private void awaitTicks() {
        long views = 2;
        for (long n = 0; n < views; n++) {
            await().pollInterval(Duration.ofMillis(3))
                    .until(() -> rig.migration.status().viewAge().compareTo(Duration.ofMillis(40)) > 0);
            await().pollInterval(Duration.ofMillis(3))
                    .until(() -> rig.migration.status().viewAge().compareTo(Duration.ofMillis(40)) < 0);
        }
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void a_wish_moves_once_and_an_operators_rollback_is_not_undone_by_a_late_flag() {
        begin();
        flags.wish(Stage.LEGACY_PRIMARY, 5L);
        await().until(() -> stage() == Stage.LEGACY_PRIMARY);
        // The wish's move is over only after its listeners.
        await().until(() -> rig.migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE).moved());
        assertThat(rig.events(StageMoved.class).get(0).operator()).isEqualTo(Operator.of("flag", "wish of revision 5"));
        assertThat(rig.events(StageMoved.class)).hasSize(2);

        flags.wish(Stage.LEGACY_PRIMARY, 5L);
        flags.wish(Stage.LEGACY_PRIMARY, 4L);
        awaitTicks();
        assertThat(stage()).isEqualTo(Stage.LEGACY_ONLY);
        flags.wish(Stage.LEGACY_PRIMARY, 6L);
        await().until(() -> stage() == Stage.LEGACY_PRIMARY);
    }

    @Test
    void a_refused_wish_is_not_tried_again_though_its_gates_open() {
        begin();
        flags.wish(Stage.LEGACY_PRIMARY, 1L);
        await().until(() -> stage() == Stage.LEGACY_PRIMARY);
        flags.wish(Stage.NEW_PRIMARY, 2L);
        await().until(() -> rig.events(MoveRefused.class).size() == 1);
        rig.copyAll();
        awaitTicks();
        assertThat(stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        assertThat(rig.events(MoveRefused.class)).hasSize(1);
        flags.wish(Stage.NEW_PRIMARY, 3L);
        await().until(() -> stage() == Stage.NEW_PRIMARY);
    }

    @Test
    void a_wish_never_takes_the_last_step() {
        begin();
        rig.walkTo(Stage.NEW_PRIMARY);
        flags.wish(Stage.NEW_ONLY, 1L);
        await().until(() -> rig.events(MoveRefused.class).size() == 1);
        assertThat(stage()).isEqualTo(Stage.NEW_PRIMARY);
    }

    @Test
    void without_a_revision_the_flag_permits_and_starts_nothing() {
        begin();
        flags.wish(Stage.LEGACY_ONLY, null);
        assertThat(rig.migration.check(Stage.LEGACY_PRIMARY, Rig.ALICE))
                .singleElement()
                .asString()
                .contains("permits no stage beyond LEGACY_ONLY");
        flags.wish(Stage.LEGACY_PRIMARY, null);
        awaitTicks();
        assertThat(stage()).isEqualTo(Stage.LEGACY_ONLY);
        assertThat(rig.migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved())
                .isTrue();
        flags.wish(Stage.LEGACY_ONLY, null);
        awaitTicks();
        assertThat(stage()).as("a permission moves nothing back").isEqualTo(Stage.LEGACY_PRIMARY);
    }

    @Test
    void an_outage_of_the_provider_moves_nothing_and_keeps_the_dials() {
        begin();
        flags.sink()
                .accept(new Settings(
                        Optional.of(new Wish(Stage.LEGACY_PRIMARY, 1L)), OptionalInt.of(2_500), 100, false));
        await().until(() -> stage() == Stage.LEGACY_PRIMARY);
        for (int n = 0; n < 5; n++) {
            flags.sink().reject("the provider is down");
        }
        awaitTicks();
        MigrationStatus status = rig.migration.status();
        assertThat(status.stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        assertThat(status.readNewPercent()).isEqualTo(25);
        assertThat(status.shadowPercent()).isEqualTo(1);
        assertThat(status.settingsProblem()).isEqualTo("the provider is down");
        assertThat(status.settingsRejected()).isEqualTo(5);
        assertThat(rig.events(SettingsRejected.class)).as("once per episode").hasSize(1);
        flags.sink().confirm();
        assertThat(rig.migration.status().settingsProblem()).isNull();
    }

    @Test
    void a_wish_is_followed_without_waiting_for_a_tick() {
        ManualPlatform time = new ManualPlatform();
        rig = Rig.built(b -> b.control(flags).platform(time));
        rig.migration.start();
        flags.wish(Stage.LEGACY_PRIMARY, 1L);
        await().until(() -> stage() == Stage.LEGACY_PRIMARY);
    }
}
