package dev.crossfade.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @Test
    void every_percentage_with_two_decimals_is_exact() {
        for (int points = 0; points <= Settings.MAX_BASIS_POINTS; points++) {
            assertThat(Settings.basisPoints(points / 100.0)).isEqualTo(points);
            assertThat(Settings.basisPoints(Double.parseDouble(points / 100 + "." + points / 10 % 10 + points % 10)))
                    .isEqualTo(points);
        }
        assertThat(Settings.basisPoints(-0.0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                Double.NaN,
                -0.01,
                100.01,
                150,
                33.333,
                0.001,
                99.999,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                Double.MIN_VALUE * -1
            })
    void what_is_no_percentage_with_two_decimals_is_refused(double percent) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.basisPoints(percent))
                .withMessageContaining("choose 0 to 100, with at most two decimals");
    }

    @Test
    void the_kill_switch_changes_nothing_else() {
        Settings settings =
                new Settings(Optional.of(new Wish(Stage.LEGACY_PRIMARY, 7L)), OptionalInt.of(1_250), 100, false);
        assertThat(settings.withReadsToPrimary(true))
                .isEqualTo(new Settings(settings.wish(), OptionalInt.of(1_250), 100, true));
        assertThat(settings.withReadsToPrimary(true).withReadsToPrimary(false)).isEqualTo(settings);
    }
}
