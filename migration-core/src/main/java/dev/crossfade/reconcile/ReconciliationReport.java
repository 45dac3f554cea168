package dev.crossfade.reconcile;

import dev.crossfade.run.RunState;
import dev.crossfade.spi.Discrepancy;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a reconciliation has found. Never changes; never holds a field's value that the comparison's rules do not allow, and
 * never writes one. Its text forms show digests in place of keys, which mean something within one JVM only, unless
 * {@link #withKeys} is asked.
 *
 * @param migration  the migration's name
 * @param entity     the entity
 * @param run        names the run, as in {@code crossfade_consistency_audit}
 * @param scope      what was compared
 * @param operator   who began it
 * @param generation of the fence in which it began
 * @param epoch      likewise
 * @param started    when it began, by the new store's clock
 * @param ended      when it ended, likewise; {@code null} if it has not
 * @param state      how it stands
 * @param counts     what was counted
 * @param verdict    what it says
 * @param reason     why it failed; {@code null} unless it did
 * @param findings   what it has found and what is open still, oldest first; fewer than were counted where some are settled
 * @param showsKeys  whether the text forms write keys
 */
public record ReconciliationReport(
        String migration,
        String entity,
        String run,
        Scope scope,
        String operator,
        long generation,
        long epoch,
        Instant started,
        @Nullable Instant ended,
        RunState state,
        Counts counts,
        Verdict verdict,
        @Nullable String reason,
        List<Discrepancy> findings,
        boolean showsKeys) {

    public ReconciliationReport {
        Objects.requireNonNull(migration, "migration");
        Objects.requireNonNull(entity, "entity");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(operator, "operator");
        Objects.requireNonNull(started, "started");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(verdict, "verdict");
        findings = List.copyOf(findings);
    }

    /** This report, with keys in its text forms. */
    public ReconciliationReport withKeys() {
        return new ReconciliationReport(
                migration,
                entity,
                run,
                scope,
                operator,
                generation,
                epoch,
                started,
                ended,
                state,
                counts,
                verdict,
                reason,
                findings,
                true);
    }

    /** For people: what came of it in a few lines, then a line for each finding. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("Reconciliation of ")
                .append(entity)
                .append(" in migration ")
                .append(migration);
        text.append(": ").append(verdict).append(" (").append(state).append(")\n");
        text.append("  scope ").append(scope.text()).append(", by ").append(oneLine(operator));
        text.append(", generation ")
                .append(generation)
                .append(", epoch ")
                .append(epoch)
                .append('\n');
        text.append("  from ")
                .append(started)
                .append(ended == null ? "" : " to " + ended)
                .append('\n');
        text.append("  ").append(counts.compared()).append(" compared, ");
        text.append(counts.missingInNew()).append(" missing in new, ");
        text.append(counts.missingInLegacy()).append(" missing in legacy, ");
        text.append(counts.different())
                .append(" different, ")
                .append(counts.accepted())
                .append(" accepted, ");
        text.append(counts.lagging())
                .append(" lagging, ")
                .append(counts.unknown())
                .append(" unknown\n");
        if (reason != null) {
            text.append("  ").append(oneLine(reason)).append('\n');
        }
        if (state == RunState.COMPLETED && counts.lagging() > 0) {
            text.append("  ").append(counts.lagging());
            text.append(" keys were on their way until the end and were not compared; another run settles them\n");
        }
        for (Discrepancy finding : findings) {
            text.append("  ").append(oneLine(key(finding))).append(": ").append(finding.kind());
            String fields = finding.finding().fields().stream()
                    .map(field -> oneLine(field.path()) + " " + field.kind())
                    .collect(Collectors.joining(", "));
            text.append(fields.isEmpty() ? "" : " (" + fields + ")").append('\n');
        }
        return text.toString();
    }

    /** For programs: one JSON object a line, the run first, then each finding. */
    public String jsonLines() {
        StringBuilder lines = new StringBuilder();
        lines.append(new JsonObject()
                .text("type", "reconciliation")
                .text("migration", migration)
                .text("entity", entity)
                .text("run", run)
                .text("scope", scope.text())
                .text("operator", operator)
                .number("generation", generation)
                .number("epoch", epoch)
                .text("started", started.toString())
                .text("ended", ended == null ? null : ended.toString())
                .text("state", state.name())
                .text("verdict", verdict.name())
                .text("reason", reason)
                .number("compared", counts.compared())
                .number("missingInNew", counts.missingInNew())
                .number("missingInLegacy", counts.missingInLegacy())
                .number("different", counts.different())
                .number("accepted", counts.accepted())
                .number("lagging", counts.lagging())
                .number("unknown", counts.unknown())
                .end());
        for (Discrepancy finding : findings) {
            lines.append(new JsonObject()
                    .text("type", "finding")
                    .text("entity", entity)
                    .text("key", key(finding))
                    .text("kind", finding.kind().name())
                    .objects(
                            "fields",
                            finding.finding().fields().stream()
                                    .map(field -> new JsonObject()
                                            .text("path", field.path())
                                            .text("difference", field.kind().name()))
                                    .toList())
                    .number("epoch", finding.finding().epoch())
                    .number("times", finding.finding().times())
                    .text("firstSeen", finding.firstSeen().toString())
                    .text("lastSeen", finding.lastSeen().toString())
                    .end());
        }
        return lines.toString();
    }

    /**
     * For tables: the findings as comma-separated values with a line of names, one line for each field that differs, or one
     * for a missing row. Lines end with CR and LF.
     */
    public String csv() {
        StringBuilder csv = new StringBuilder("entity,key,kind,field,difference,epoch,times,first_seen,last_seen\r\n");
        for (Discrepancy finding : findings) {
            if (finding.finding().fields().isEmpty()) {
                csv.append(csvLine(finding, "", ""));
            }
            finding.finding()
                    .fields()
                    .forEach(field -> csv.append(
                            csvLine(finding, field.path(), field.kind().name())));
        }
        return csv.toString();
    }

    private String csvLine(Discrepancy finding, String field, String difference) {
        return List.of(
                                entity,
                                key(finding),
                                finding.kind().name(),
                                field,
                                difference,
                                Long.toString(finding.finding().epoch()),
                                Long.toString(finding.finding().times()),
                                finding.firstSeen().toString(),
                                finding.lastSeen().toString())
                        .stream()
                        .map(ReconciliationReport::csvValue)
                        .collect(Collectors.joining(","))
                + "\r\n";
    }

    private static String csvValue(String value) {
        boolean plain = value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')
                && value.equals(value.strip());
        return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
    }

    private String key(Discrepancy finding) {
        return showsKeys ? String.valueOf(finding.key().key()) : finding.key().toString();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }
}
