package dev.crossfade.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.compare.DifferenceClass;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReconciliationReportTest {
    private static final Instant BEGAN = Instant.parse("2026-03-01T10:00:00Z");
    private static final Instant ENDED = Instant.parse("2026-03-01T10:05:00Z");

    private static Discrepancy finding(Object key, Kind kind, FieldDifference... fields) {
        Finding finding = new Finding(
                new EntityKey("Order", key), kind, List.of(fields), "reconciliation r1", 7, new Version(1, 2), 3);
        return new Discrepancy(finding, BEGAN, ENDED, Discrepancy.State.OPEN);
    }

    private static ReconciliationReport report(Discrepancy... findings) {
        return new ReconciliationReport(
                "orders",
                "Order",
                "r1",
                Scope.full(),
                "alice \"ops\"\nand \\ bob\u0001 \u00e4",
                1,
                7,
                BEGAN,
                ENDED,
                RunState.COMPLETED,
                new Counts(1_000, 1, 2, 3, 4, 5, 6),
                Verdict.DIFFERENT,
                null,
                List.of(findings),
                false);
    }

    private static FieldDifference field(String path) {
        return new FieldDifference(path, DifferenceClass.TRUNCATED, "secret-1", "secret-2");
    }

    @Test
    void text_tells_everything_in_lines() {
        assertThat(report(finding("a\nb", Kind.DIFFERENT, field("status"), field("total")))
                        .withKeys()
                        .text())
                .isEqualTo("""
                        Reconciliation of Order in migration orders: DIFFERENT (COMPLETED)
                          scope full, by alice "ops" and \\ bob\u0001 \u00e4, generation 1, epoch 7
                          from 2026-03-01T10:00:00Z to 2026-03-01T10:05:00Z
                          1000 compared, 1 missing in new, 2 missing in legacy, 3 different, 4 accepted, 5 lagging, 6 unknown
                          5 keys were on their way until the end and were not compared; another run settles them
                          a b: DIFFERENT (status TRUNCATED, total TRUNCATED)
                        """);
    }

    @Test
    void json_lines_are_one_escaped_object_each() {
        String[] lines = report(
                        finding("k\"\t\u2028\ud800", Kind.DIFFERENT, field("a\"b"), field("c")),
                        finding(5L, Kind.MISSING_IN_NEW))
                .withKeys()
                .jsonLines()
                .split("\n", -1);
        assertThat(lines).hasSize(4);
        assertThat(lines[0])
                .isEqualTo("{\"type\":\"reconciliation\",\"migration\":\"orders\",\"entity\":\"Order\",\"run\":\"r1\","
                        + "\"scope\":\"full\",\"operator\":\"alice \\\"ops\\\"\\u000aand \\\\ bob\\u0001 \\u00e4\","
                        + "\"generation\":1,\"epoch\":7,\"started\":\"2026-03-01T10:00:00Z\","
                        + "\"ended\":\"2026-03-01T10:05:00Z\",\"state\":\"COMPLETED\",\"verdict\":\"DIFFERENT\","
                        + "\"reason\":null,\"compared\":1000,\"missingInNew\":1,\"missingInLegacy\":2,\"different\":3,"
                        + "\"accepted\":4,\"lagging\":5,\"unknown\":6}");
        assertThat(lines[1])
                .isEqualTo("{\"type\":\"finding\",\"entity\":\"Order\",\"key\":\"k\\\"\\u0009\\u2028\\ud800\","
                        + "\"kind\":\"DIFFERENT\",\"fields\":[{\"path\":\"a\\\"b\",\"difference\":\"TRUNCATED\"},"
                        + "{\"path\":\"c\",\"difference\":\"TRUNCATED\"}],\"epoch\":7,\"times\":3,"
                        + "\"firstSeen\":\"2026-03-01T10:00:00Z\",\"lastSeen\":\"2026-03-01T10:05:00Z\"}");
        assertThat(lines[2]).contains("\"key\":\"5\",\"kind\":\"MISSING_IN_NEW\",\"fields\":[],");
        assertThat(lines[3]).isEmpty();
    }

    @Test
    void csv_quotes_what_would_break_a_line_and_has_a_line_for_each_field() {
        assertThat(report(
                                finding("x, \"y\"\r\nz", Kind.DIFFERENT, field("status"), field("total")),
                                finding(" 5", Kind.MISSING_IN_LEGACY))
                        .withKeys()
                        .csv())
                .isEqualTo("entity,key,kind,field,difference,epoch,times,first_seen,last_seen\r\n"
                        + "Order,\"x, \"\"y\"\"\r\nz\",DIFFERENT,status,TRUNCATED,7,3,2026-03-01T10:00:00Z,"
                        + "2026-03-01T10:05:00Z\r\n"
                        + "Order,\"x, \"\"y\"\"\r\nz\",DIFFERENT,total,TRUNCATED,7,3,2026-03-01T10:00:00Z,"
                        + "2026-03-01T10:05:00Z\r\n"
                        + "Order,\" 5\",MISSING_IN_LEGACY,,,7,3,2026-03-01T10:00:00Z,2026-03-01T10:05:00Z\r\n");
    }

    @Test
    void neither_values_nor_keys_are_written_unless_keys_are_asked_for() {
        ReconciliationReport report = report(finding("secret-key", Kind.DIFFERENT, field("status")));
        for (String form : List.of(report.text(), report.jsonLines(), report.csv(), report.toString())) {
            assertThat(form).contains("Order#").doesNotContain("secret-key");
        }
        ReconciliationReport open = report.withKeys();
        for (String form : List.of(open.text(), open.jsonLines(), open.csv())) {
            assertThat(form).contains("secret-key").doesNotContain("secret-1", "secret-2");
        }
    }

    @Test
    void a_verdict_is_clean_only_if_all_was_read_and_nothing_differs() {
        Counts clean = new Counts(10, 0, 0, 0, 2, 0, 0);
        assertThat(Verdict.of(RunState.COMPLETED, clean)).isEqualTo(Verdict.CLEAN);
        assertThat(Verdict.of(RunState.CANCELLED, clean)).isEqualTo(Verdict.INCOMPLETE);
        assertThat(Verdict.of(RunState.FAILED, clean)).isEqualTo(Verdict.INCOMPLETE);
        assertThat(Verdict.of(RunState.COMPLETED, clean.plus(new Counts(0, 0, 0, 0, 0, 0, 1))))
                .isEqualTo(Verdict.INCOMPLETE);
        assertThat(Verdict.of(RunState.COMPLETED, clean.plus(new Counts(0, 0, 0, 0, 0, 1, 0))))
                .isEqualTo(Verdict.INCOMPLETE);
        assertThat(Verdict.of(RunState.COMPLETED, clean.plus(new Counts(0, 0, 1, 0, 0, 0, 1))))
                .isEqualTo(Verdict.DIFFERENT);
    }
}
