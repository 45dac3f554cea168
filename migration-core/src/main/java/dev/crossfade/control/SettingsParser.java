package dev.crossfade.control;

import dev.openfeature.sdk.Structure;
import dev.openfeature.sdk.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the value of a structured flag into settings, all or nothing. Strict, because a typo that falls back to a
 * default in silence looks like a rollout that does nothing. Collects every mistake; no mistake repeats what was said.
 */
final class SettingsParser {
    private static final String STAGE = "stage";
    private static final String REVISION = "revision";
    private static final String READ_NEW = "readNewPercent";
    private static final String SHADOW = "shadowPercent";
    private static final List<String> FIELDS = List.of(STAGE, REVISION, READ_NEW, SHADOW);
    private static final String STAGES =
            Arrays.stream(Stage.values()).map(Stage::name).collect(Collectors.joining(", "));

    /** The largest whole number that a JSON number carries exactly as a double. */
    private static final double MAX_EXACT = 9_007_199_254_740_991.0;

    private final Structure flag;
    private final List<String> mistakes = new ArrayList<>();

    private SettingsParser(Structure flag) {
        this.flag = flag;
    }

    static Reading<Settings> parse(@Nullable Object value) {
        if (!(value instanceof Value flag) || !flag.isStructure()) {
            return new Reading.Bad<>("is not an object; choose one with the fields " + String.join(", ", FIELDS));
        }
        return new SettingsParser(flag.asStructure()).parse();
    }

    private Reading<Settings> parse() {
        refuseUnknownFields();
        Optional<Wish> wish = wish();
        OptionalInt readNew = basisPoints(READ_NEW);
        OptionalInt shadow = basisPoints(SHADOW);
        if (!mistakes.isEmpty()) {
            return new Reading.Bad<>(String.join("; ", mistakes));
        }
        return new Reading.Good<>(new Settings(wish, readNew, shadow.orElse(0), false));
    }

    /** Names none of them: a field's name is part of the value as well. */
    private void refuseUnknownFields() {
        long unknown =
                flag.keySet().stream().filter(field -> !FIELDS.contains(field)).count();
        if (unknown > 0) {
            mistakes.add("has " + unknown + " field(s) that mean nothing; choose among " + String.join(", ", FIELDS));
        }
    }

    private Optional<Wish> wish() {
        Long revision = revision();
        if (!has(STAGE)) {
            if (has(REVISION)) {
                mistakes.add("has a revision without a stage; name the stage or drop the revision");
            }
            return Optional.empty();
        }
        Object name = field(STAGE);
        Optional<Stage> stage = Arrays.stream(Stage.values())
                .filter(each -> each.name().equals(name))
                .findFirst();
        if (stage.isEmpty()) {
            mistakes.add("has an unknown stage; choose " + STAGES + ", in capital letters");
        }
        return stage.map(known -> new Wish(known, revision));
    }

    private @Nullable Long revision() {
        if (!has(REVISION)) {
            return null;
        }
        Object number = field(REVISION);
        long revision = 0;
        if (number instanceof Long || number instanceof Integer) {
            revision = ((Number) number).longValue();
        } else if (number instanceof Number other && isExactWhole(other.doubleValue())) {
            revision = other.longValue();
        }
        if (revision < 1) {
            mistakes.add("has a revision that is not a whole number from 1");
            return null;
        }
        return revision;
    }

    private OptionalInt basisPoints(String field) {
        if (!has(field)) {
            return OptionalInt.empty();
        }
        // A Float is read by its digits: as a double, 12.3f is 12.300000190734863.
        double percent = field(field) instanceof Number number ? toDouble(number) : Double.NaN;
        if (!Settings.isPercentage(percent)) {
            mistakes.add("has a " + field + " that is not a number from 0 to 100 with at most two decimals");
            return OptionalInt.empty();
        }
        return OptionalInt.of(Settings.basisPoints(percent));
    }

    private static double toDouble(Number number) {
        return number instanceof Float ? Double.parseDouble(number.toString()) : number.doubleValue();
    }

    private static boolean isExactWhole(double number) {
        return number == Math.rint(number) && Math.abs(number) <= MAX_EXACT;
    }

    private boolean has(String field) {
        return flag.keySet().contains(field);
    }

    /** The plain content of a field that is there; not a number, text and so on where the provider sent null. */
    private Object field(String name) {
        Value value = flag.getValue(name);
        Object content = value == null ? null : value.asObject();
        return Objects.requireNonNullElse(content, Optional.empty());
    }
}
