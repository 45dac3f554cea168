package dev.crossfade.compare;

import static dev.crossfade.compare.CompareAssert.assertMatch;
import static dev.crossfade.compare.CompareAssert.compare;
import static dev.crossfade.compare.CompareAssert.differences;
import static dev.crossfade.compare.CompareAssert.engine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.CharBuffer;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ValueComparisonTest {

    record Holder(@Nullable Object value) {}

    @SuppressWarnings("JavaUtilDate") // which drivers and old entities still return
    static List<Arguments> equalValues() {
        return List.of(
                arguments(null, null),
                arguments("a", "a"),
                arguments("a\0b", "a\0b"),
                arguments("😀", "😀"),
                arguments("text", CharBuffer.wrap("text")),
                arguments(new BigDecimal("1.0"), new BigDecimal("1.00")),
                arguments(new BigDecimal("0.00"), 0),
                arguments(new BigDecimal("1e3"), 1_000L),
                arguments(7, 7L),
                arguments((short) 7, (byte) 7),
                arguments(7, BigInteger.valueOf(7)),
                arguments(new AtomicLong(7), 7),
                arguments(7, 7.0),
                arguments(0.1, new BigDecimal("0.1")),
                arguments(0.1, new BigDecimal("0.10")),
                arguments(0.1, new BigDecimal("0.1000000000000000055511151231257827021181583404541015625")),
                arguments(0.1f, new BigDecimal("0.1")),
                arguments(0.1f, 0.1),
                arguments(0.1f, (double) 0.1f),
                arguments(Double.NaN, Double.NaN),
                arguments(Double.NaN, Float.NaN),
                arguments(-0.0, 0.0),
                arguments(-0.0f, BigDecimal.ZERO),
                arguments(Double.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY),
                arguments(new BigInteger("18446744073709551615"), new BigDecimal("18446744073709551615")),
                arguments(Instant.parse("2026-01-01T10:00:00Z"), OffsetDateTime.parse("2026-01-01T12:00:00+02:00")),
                arguments(
                        OffsetDateTime.parse("2026-01-01T10:00:00Z"),
                        ZonedDateTime.parse("2026-01-01T11:00:00+01:00[Europe/Berlin]")),
                arguments(
                        Instant.parse("2026-01-01T10:00:00.123456Z"),
                        Timestamp.from(Instant.parse("2026-01-01T10:00:00.123456Z"))),
                arguments(new Date(-1), Instant.ofEpochMilli(-1)),
                arguments(new Date(5), new Timestamp(5)),
                arguments(
                        Instant.parse("2026-01-01T10:00:00.123456789Z"), Instant.parse("2026-01-01T10:00:00.123456Z")),
                arguments(Instant.parse("2026-01-01T10:00:00.123456789Z"), Instant.parse("2026-01-01T10:00:00.123Z")),
                arguments(Instant.parse("1901-01-01T10:00:00.123999Z"), Instant.parse("1901-01-01T10:00:00.123Z")),
                arguments(
                        LocalDateTime.parse("2026-03-29T02:30:00.0000005"), LocalDateTime.parse("2026-03-29T02:30:00")),
                arguments(LocalTime.parse("10:00:00.000001"), LocalTime.parse("10:00:00")),
                arguments(LocalDate.parse("2026-01-01"), java.sql.Date.valueOf("2026-01-01")),
                arguments(LocalTime.parse("10:00:00"), java.sql.Time.valueOf("10:00:00")),
                arguments(Instant.MAX, Instant.MAX),
                arguments(UUID.fromString("0-0-0-0-1"), UUID.fromString("0-0-0-0-1")),
                arguments(new byte[] {1, 2}, new byte[] {1, 2}),
                arguments(URI.create("a:b"), URI.create("a:b")),
                arguments(Locale.GERMANY, Locale.GERMANY),
                arguments(DayOfWeek.FRIDAY, DayOfWeek.FRIDAY),
                arguments(TimeUnit.DAYS, TimeUnit.DAYS),
                arguments(Optional.empty(), null),
                arguments(Optional.of("a"), "a"),
                arguments(OptionalInt.of(3), 3L),
                arguments(OptionalInt.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("equalValues")
    void values_that_mean_the_same_match_in_both_directions(@Nullable Object x, @Nullable Object y) {
        assertMatch(compare(x, y));
        assertMatch(compare(y, x));
        assertMatch(compare(new Holder(x), new Holder(y)));
        assertMatch(compare(List.of(new Holder(x)), List.of(new Holder(y))));
    }

    static List<Arguments> differentValues() {
        return List.of(
                arguments(null, "a", DifferenceClass.NULL_VS_VALUE, DifferenceClass.VALUE_VS_NULL),
                arguments(null, "", DifferenceClass.NULL_VS_EMPTY, DifferenceClass.EMPTY_VS_NULL),
                arguments(null, List.of(), DifferenceClass.NULL_VS_EMPTY, DifferenceClass.EMPTY_VS_NULL),
                arguments(Optional.empty(), "", DifferenceClass.NULL_VS_EMPTY, DifferenceClass.EMPTY_VS_NULL),
                same("a", "b", DifferenceClass.VALUE),
                same("", " ", DifferenceClass.PADDING),
                same("a", "a  ", DifferenceClass.PADDING),
                same(" a", "a", DifferenceClass.VALUE),
                same("Straße", "STRAßE", DifferenceClass.CASE),
                same("caf\u00e9", "cafe\u0301", DifferenceClass.UNICODE_FORM),
                same("abcdef", "abc", DifferenceClass.TRUNCATED),
                same("😀", "?", DifferenceClass.VALUE),
                same("a\0", "a", DifferenceClass.TRUNCATED),
                same("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", DifferenceClass.VALUE),
                same(1, 2L, DifferenceClass.VALUE),
                same(new BigDecimal("1.005"), new BigDecimal("1.01"), DifferenceClass.PRECISION),
                same(new BigDecimal("1.239"), new BigDecimal("1.23"), DifferenceClass.PRECISION),
                same(new BigDecimal("1.23"), new BigDecimal("1.24"), DifferenceClass.VALUE),
                same(new BigDecimal("1E+1000000000"), 1, DifferenceClass.VALUE),
                same(5.4, 5, DifferenceClass.PRECISION),
                same(Double.NaN, 0.0, DifferenceClass.VALUE),
                same(Double.NaN, BigDecimal.ZERO, DifferenceClass.VALUE),
                same(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, DifferenceClass.VALUE),
                same(-1L, new BigInteger("18446744073709551615"), DifferenceClass.VALUE),
                same(1L << 53, (double) (1L << 53) + 2, DifferenceClass.VALUE),
                same(true, false, DifferenceClass.VALUE),
                same(true, 1, DifferenceClass.TYPE),
                same("1", 1, DifferenceClass.TYPE),
                same('a', "a", DifferenceClass.TYPE),
                same("FRIDAY", DayOfWeek.FRIDAY, DifferenceClass.TYPE),
                same(TimeUnit.DAYS, ChronoUnit.DAYS, DifferenceClass.TYPE),
                same(DayOfWeek.FRIDAY, DayOfWeek.MONDAY, DifferenceClass.VALUE),
                same(
                        Instant.parse("2026-01-01T10:00:00.123456Z"),
                        Instant.parse("2026-01-01T10:00:00.123457Z"),
                        DifferenceClass.PRECISION),
                same(
                        Instant.parse("2026-01-01T10:00:00.1234567Z"),
                        Instant.parse("2026-01-01T10:00:00.1234Z"),
                        DifferenceClass.PRECISION),
                same(
                        LocalDateTime.parse("2026-01-01T23:59:59.9999997"),
                        LocalDateTime.parse("2026-01-02T00:00:00"),
                        DifferenceClass.PRECISION),
                same(
                        Instant.parse("2026-01-01T10:00:00Z"),
                        Instant.parse("2026-01-01T12:00:00Z"),
                        DifferenceClass.TIME_SHIFT),
                same(
                        LocalDateTime.parse("2026-01-01T10:00:00"),
                        LocalDateTime.parse("2026-01-01T10:05:00"),
                        DifferenceClass.TIME),
                same(Instant.MIN, Instant.MAX, DifferenceClass.TIME),
                same(LocalDate.parse("2026-01-01"), LocalDate.parse("2026-01-02"), DifferenceClass.TIME),
                same(LocalDate.parse("2026-01-01"), LocalDateTime.parse("2026-01-01T00:00:00"), DifferenceClass.TYPE),
                same(
                        Instant.parse("2026-01-01T10:00:00Z"),
                        LocalDateTime.parse("2026-01-01T10:00:00"),
                        DifferenceClass.TYPE),
                same(new byte[] {1}, new byte[] {1, 0, 0}, DifferenceClass.PADDING),
                same(new byte[] {1}, new byte[] {1, 2}, DifferenceClass.TRUNCATED),
                same(new byte[] {1}, new byte[] {2}, DifferenceClass.VALUE),
                same("AQ==", new byte[] {1}, DifferenceClass.TYPE),
                same(UUID.fromString("0-0-0-0-1"), UUID.fromString("0-0-0-0-2"), DifferenceClass.VALUE),
                same(UUID.fromString("0-0-0-0-1"), "0-0-0-0-1", DifferenceClass.TYPE));
    }

    private static Arguments same(Object x, Object y, DifferenceClass kind) {
        return arguments(x, y, kind, kind);
    }

    @ParameterizedTest
    @MethodSource("differentValues")
    void values_that_differ_are_classified_in_both_directions(
            @Nullable Object x, @Nullable Object y, DifferenceClass kind, DifferenceClass mirrored) {
        assertThat(differences(compare(x, y))).containsExactly("$ " + kind);
        assertThat(differences(compare(y, x))).containsExactly("$ " + mirrored);
        assertThat(differences(compare(new Holder(x), new Holder(y)))).containsExactly("value " + kind);
    }

    @Test
    void a_declared_precision_takes_the_place_of_the_coarser_one() {
        Instant x = Instant.parse("2026-01-01T23:59:59.9995Z");
        Instant rounded = Instant.parse("2026-01-02T00:00:00Z");
        ComparisonEngine millis = engine(rules -> rules.timePrecision(ChronoUnit.MILLIS));
        assertMatch(millis.compare(x, rounded));
        assertThat(differences(millis.compare(x, rounded.plusMillis(1)))).containsExactly("$ PRECISION");

        Instant nanos = Instant.parse("2026-01-01T10:00:00.123456789Z");
        Instant micros = Instant.parse("2026-01-01T10:00:00.123456Z");
        ComparisonEngine exact = engine(rules -> rules.timePrecision(ChronoUnit.NANOS));
        assertThat(differences(exact.compare(nanos, micros))).containsExactly("$ PRECISION");
        assertMatch(exact.compare(nanos, Timestamp.from(nanos)));
    }

    @Test
    void a_rule_for_a_type_can_make_different_kinds_of_texts_equal() {
        ComparisonEngine relaxed = engine(rules -> rules.type(String.class, String::equalsIgnoreCase));
        assertMatch(relaxed.compare(new Holder("ABC"), new Holder("abc")));
        assertThat(differences(relaxed.compare(new Holder("ABC"), new Holder("abd"))))
                .containsExactly("value VALUE");
    }
}
