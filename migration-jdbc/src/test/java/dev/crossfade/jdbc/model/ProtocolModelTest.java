package dev.crossfade.jdbc.model;

import static dev.crossfade.jdbc.model.Scenarios.BACKFILL;
import static dev.crossfade.jdbc.model.Scenarios.BACKFILL_FAILS_OVER;
import static dev.crossfade.jdbc.model.Scenarios.HANDOVERS;
import static dev.crossfade.jdbc.model.Scenarios.MARKS;
import static dev.crossfade.jdbc.model.Scenarios.PRIMARY_FAILS_OVER;
import static dev.crossfade.jdbc.model.Scenarios.REPAIR_AFTER_FAILOVER;
import static dev.crossfade.jdbc.model.Scenarios.SECONDARY_FAILS_OVER;
import static dev.crossfade.jdbc.model.Scenarios.TWO_WRITERS;
import static dev.crossfade.jdbc.model.Scenarios.UNIQUE_SWAP;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Searches every state of every scenario, and shows for each rule that a search without it finds a broken promise.
 * {@code -Dcrossfade.model.traces=true} prints the shortest way there.
 */
class ProtocolModelTest {
    private static final boolean TRACES = Boolean.getBoolean("crossfade.model.traces");

    @ParameterizedTest
    @EnumSource
    void every_reachable_state_keeps_the_promises(Scenarios scenario) {
        Search.Result result = Search.run(scenario.under(Rules.all()));

        System.out.printf("model: %s %d states, %d steps deep%n", name(scenario), result.states(), result.depth());
        assertThat(result.broken()).as(String.join("\n", result.trace())).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"APPLY_CHECKS_EPOCH", "APPLY_CHECKS_GENERATION", "BACKFILL_CHECKS_FENCE", "MARK_CHECKS_EPOCH"})
    void a_search_without_the_rule_finds_a_broken_promise(Rule rule) {
        assertThat(brokenWithout(whereItShows(rule), rule))
                .as("the search without the rule that " + rule.sentence)
                .isNotNull();
    }

    /** What was read before the generation was raised is kept out by each of the three. */
    @Test
    void the_epoch_of_a_refresh_its_generation_and_effective_versions_are_three_lines() {
        assertThat(brokenWithout(SECONDARY_FAILS_OVER, Rule.APPLY_CHECKS_EPOCH, Rule.APPLY_CHECKS_GENERATION))
                .isNull();
        assertThat(brokenWithout(SECONDARY_FAILS_OVER, Rule.APPLY_CHECKS_EPOCH, Rule.EFFECTIVE_VERSIONS))
                .isNull();
        assertThat(brokenWithout(SECONDARY_FAILS_OVER, Rule.APPLY_CHECKS_GENERATION, Rule.EFFECTIVE_VERSIONS))
                .isNull();
        assertThat(brokenWithout(
                        SECONDARY_FAILS_OVER,
                        Rule.APPLY_CHECKS_EPOCH,
                        Rule.APPLY_CHECKS_GENERATION,
                        Rule.EFFECTIVE_VERSIONS))
                .isNotNull();
    }

    /** The claim already keeps out a page that was read before the generation was raised. */
    @Test
    void the_fence_of_a_page_is_a_second_line_behind_the_claim() {
        assertThat(brokenWithout(BACKFILL_FAILS_OVER, Rule.BACKFILL_CHECKS_FENCE))
                .isNull();
        assertThat(brokenWithout(BACKFILL_FAILS_OVER, Rule.BACKFILL_CHECKS_CLAIM))
                .isNull();
        assertThat(brokenWithout(BACKFILL_FAILS_OVER, Rule.BACKFILL_CHECKS_FENCE, Rule.BACKFILL_CHECKS_CLAIM))
                .isNotNull();
    }

    /** Where its side is primary again, a late mark only makes a key be read once more. */
    @Test
    void the_epoch_of_a_mark_adds_nothing_to_its_side() {
        assertThat(brokenWithout(MARKS, Rule.MARK_CHECKS_EPOCH)).isNull();
    }

    /** The promise that the search breaks, with its shortest way there printed. */
    private static @Nullable String brokenWithout(Scenarios scenario, Rule rule, Rule... more) {
        Rules rules = Rules.without(rule, more);
        Search.Result result = Search.run(scenario.under(rules));
        String without = rules.off().stream().map(off -> off.sentence).collect(joining("\" and \"", "\"", "\""));
        if (result.broken() == null) {
            System.out.printf("model: without %s nothing breaks in %s%n", without, name(scenario));
        } else {
            System.out.printf(
                    "model: without %s: %s, after %d steps of %s%n",
                    without, result.broken(), result.trace().size(), name(scenario));
        }
        if (TRACES) {
            result.trace().forEach(step -> System.out.println("    " + step));
        }
        return result.broken();
    }

    private static Scenarios whereItShows(Rule rule) {
        return switch (rule) {
            case LEDGER_NOT_AFTER_THE_WRITE,
                    LEDGER_NOT_BEFORE_THE_WRITE,
                    APPLY_CHECKS_VERSION,
                    VERSION_READ_FIRST,
                    VERSION_READ_AGAIN,
                    TOMBSTONES_STAY,
                    ACKNOWLEDGED_BY_VERSION,
                    LEDGER_ROWS_STAY -> TWO_WRITERS;
            case WRITER_CHECKS_FENCE, WRITER_HOLDS_FENCE, GRANT_FOLLOWS_RELEASE, ABORT_COMPARES, PREPARE_COMPARES ->
                HANDOVERS;
            case MARK_CHECKS_FENCE, MARK_STAYS_WITH_ITS_PRIMARY, RELEASE_CHECKS_PENDING, LONE_ROWS_ARE_LISTED -> MARKS;
            case CONFLICTS_APPLIED_JOINTLY, CONFLICTS_DELETE_NOBODY -> UNIQUE_SWAP;
            case WRITER_CHECKS_EPOCH,
                    BACKFILL_ONLY_INSERTS,
                    BACKFILL_HEEDS_TOMBSTONES,
                    BACKFILL_VERIFIES,
                    BACKFILL_VERIFIES_THE_RANGE -> BACKFILL;
            case APPLY_CHECKS_ROLE, AHEAD_IS_LISTED -> PRIMARY_FAILS_OVER;
            case MARKS_STAY_BELOW_WRITES, EFFECTIVE_VERSIONS, LISTED_KEYS_WAIT -> REPAIR_AFTER_FAILOVER;
            case SECONDARY_RAISED_FIRST -> BACKFILL_FAILS_OVER;
            case BACKFILL_CHECKS_CLAIM, GENERATION_RAISED, RAISE_VOIDS_CLAIM, PREPARE_CHECKS_GENERATION ->
                SECONDARY_FAILS_OVER;
            case APPLY_CHECKS_EPOCH, APPLY_CHECKS_GENERATION, BACKFILL_CHECKS_FENCE, MARK_CHECKS_EPOCH ->
                throw new IllegalArgumentException("It breaks nothing alone");
        };
    }

    private static String name(Scenarios scenario) {
        return scenario.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
