package dev.crossfade.control;

import static dev.crossfade.control.ScriptedProvider.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openfeature.sdk.MutableStructure;
import dev.openfeature.sdk.Value;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsParserTest {
    private static final String FIELDS = "stage, revision, readNewPercent, shadowPercent";

    @Test
    void a_full_value_is_taken_field_by_field() {
        assertThat(settings(
                        Map.of("stage", "LEGACY_PRIMARY", "revision", 7, "readNewPercent", 12.5, "shadowPercent", 1)))
                .isEqualTo(new Settings(
                        Optional.of(new Wish(Stage.LEGACY_PRIMARY, 7L)), OptionalInt.of(1_250), 100, false));
    }

    @Test
    void what_is_left_out_means_no_wish_reads_by_stage_and_no_shadow_reads() {
        assertThat(settings(Map.of())).isEqualTo(Settings.NONE);
        assertThat(settings(Map.of("stage", "NEW_ONLY")).wish()).contains(new Wish(Stage.NEW_ONLY, null));
    }

    @Test
    void whole_numbers_may_come_as_any_type_of_number() throws Exception {
        for (Object seven : List.of(7, 7L, 7.0, 7.0f, (short) 7, new BigDecimal("7"))) {
            Settings settings = good(new Value(new MutableStructure(Map.of(
                    "stage", new Value("LEGACY_PRIMARY"),
                    "revision", new Value(seven),
                    "readNewPercent", new Value(seven)))));
            assertThat(settings.wish()).contains(new Wish(Stage.LEGACY_PRIMARY, 7L));
            assertThat(settings.readNewBasisPoints()).hasValue(700);
        }
        assertThat(good(new Value(new MutableStructure(Map.of("shadowPercent", new Value((Object) 12.3f)))))
                        .shadowBasisPoints())
                .isEqualTo(1_230);
    }

    @Test
    void a_large_revision_is_kept_exactly() {
        Map<String, Object> flag = Map.of("stage", "LEGACY_ONLY", "revision", Long.MAX_VALUE);
        assertThat(settings(flag).wish()).contains(new Wish(Stage.LEGACY_ONLY, Long.MAX_VALUE));
    }

    static List<Object> badPercentages() {
        return List.of(
                150,
                -1,
                -0.01,
                100.01,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                33.333,
                "5",
                "CANARY",
                true,
                List.of(1),
                Map.of("percent", 5));
    }

    @ParameterizedTest
    @MethodSource("badPercentages")
    void a_bad_percentage_rejects_everything(Object percent) {
        assertThat(reason(Map.of("shadowPercent", 1, "readNewPercent", percent)))
                .isEqualTo("has a readNewPercent that is not a number from 0 to 100 with at most two decimals");
        assertThat(reason(Map.of("readNewPercent", 1, "shadowPercent", percent)))
                .isEqualTo("has a shadowPercent that is not a number from 0 to 100 with at most two decimals");
    }

    static List<Object> badRevisions() {
        return List.of(
                0,
                -7,
                1.5,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                1e300,
                9_007_199_254_740_992.0,
                "7",
                "CANARY",
                true,
                List.of(7));
    }

    @ParameterizedTest
    @MethodSource("badRevisions")
    void a_bad_revision_rejects_everything(Object revision) {
        assertThat(reason(Map.of("stage", "LEGACY_PRIMARY", "revision", revision)))
                .isEqualTo("has a revision that is not a whole number from 1");
    }

    static List<Object> badStages() {
        return List.of("legacy_primary", "CANARY", "", " LEGACY_PRIMARY", 1, true, List.of("LEGACY_PRIMARY"));
    }

    @ParameterizedTest
    @MethodSource("badStages")
    void a_bad_stage_rejects_everything(Object stage) {
        assertThat(reason(Map.of("stage", stage, "readNewPercent", 5)))
                .isEqualTo("has an unknown stage; choose LEGACY_ONLY, LEGACY_PRIMARY, NEW_PRIMARY, NEW_ONLY, in capital"
                        + " letters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"readNewPercnt", "ReadNewPercent", "shadow", "CANARY"})
    void a_field_that_means_nothing_rejects_everything(String field) {
        assertThat(reason(Map.of("readNewPercent", 5, field, 5)))
                .isEqualTo("has 1 field(s) that mean nothing; choose among " + FIELDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stage", "revision", "readNewPercent", "shadowPercent"})
    void a_field_that_is_null_rejects_everything(String field) {
        Map<String, Value> fields = new HashMap<>(Map.of("stage", new Value("NEW_ONLY")));
        fields.put(field, new Value());
        assertThat(SettingsParser.parse(new Value(new MutableStructure(fields))))
                .isInstanceOf(Reading.Bad.class);
    }

    @Test
    void a_revision_without_a_stage_is_a_mistake() {
        assertThat(reason(Map.of("revision", 7))).contains("revision without a stage");
    }

    @Test
    void all_mistakes_are_told_at_once() {
        assertThat(reason(Map.of("stage", "x", "revision", 0, "readNewPercent", -1, "shadowPercent", 101, "y", 1)))
                .contains("mean nothing", "unknown stage", "revision", "readNewPercent", "shadowPercent");
    }

    @Test
    void what_is_no_object_is_rejected() {
        for (@Nullable
        Object value : new @Nullable Object[] {
            null, "CANARY", 5, new Value(), new Value("CANARY"), new Value(5), new Value(true), new Value(List.of())
        }) {
            assertThat(SettingsParser.parse(value))
                    .isEqualTo(new Reading.Bad<>("is not an object; choose one with the fields " + FIELDS));
        }
    }

    private static Settings settings(Map<String, Object> flag) {
        return good(object(flag));
    }

    private static Settings good(Value flag) {
        Reading<Settings> reading = SettingsParser.parse(flag);
        assertThat(reading).isInstanceOf(Reading.Good.class);
        return ((Reading.Good<Settings>) reading).value();
    }

    private static String reason(Map<String, Object> flag) {
        Reading<Settings> reading = SettingsParser.parse(object(flag));
        assertThat(reading).isInstanceOf(Reading.Bad.class);
        return ((Reading.Bad<Settings>) reading).reason();
    }
}
