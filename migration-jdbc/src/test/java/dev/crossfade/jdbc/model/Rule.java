package dev.crossfade.jdbc.model;

/** The rules of the protocol. A search with one switched off shows what it is for. */
enum Rule {
    WRITER_CHECKS_FENCE("a writer commits only where the fence says primary"),
    WRITER_HOLDS_FENCE("a writer holds the fence shared from the check to its commit"),
    WRITER_CHECKS_EPOCH("a writer commits only in the epoch that it pinned"),
    LEDGER_NOT_AFTER_THE_WRITE("the ledger rows do not wait for the commit of the write"),
    LEDGER_NOT_BEFORE_THE_WRITE("the ledger rows do not commit before the write"),

    APPLY_CHECKS_VERSION("the secondary takes a state only if its own version is older"),
    APPLY_CHECKS_ROLE("a refresh applies only where the fence says secondary"),
    APPLY_CHECKS_EPOCH("a refresh applies only where the fence is not beyond the epoch of its view"),
    APPLY_CHECKS_GENERATION(
            "a refresh counts only where the secondary is not of a later generation than what it has read"),
    VERSION_READ_AGAIN("a refresh reads the version again after the state"),
    VERSION_READ_FIRST("a refresh reads the version before the state"),
    EFFECTIVE_VERSIONS("versions are compared by their effective generation"),
    TOMBSTONES_STAY("a delete leaves its ledger row on the secondary"),
    CONFLICTS_APPLIED_JOINTLY("keys that conflict on a unique constraint are applied in one transaction"),
    CONFLICTS_DELETE_NOBODY("a conflict on a unique constraint never removes the other row"),
    ACKNOWLEDGED_BY_VERSION("done means done with exactly this version"),
    LEDGER_ROWS_STAY("no ledger row is purged in the middle stages"),

    MARK_CHECKS_FENCE("a mark is accepted only by a primary"),
    MARK_CHECKS_EPOCH("a mark is accepted only in the epoch in which its reason was found"),
    MARK_STAYS_WITH_ITS_PRIMARY("a mark is never retried on the other side of a handover"),
    MARKS_STAY_BELOW_WRITES("no number of marks lifts a version to that of a later write"),

    RELEASE_CHECKS_PENDING("the release finds nothing pending in its own transaction"),
    GRANT_FOLLOWS_RELEASE("the grant follows the release"),
    ABORT_COMPARES("the abort is a compare-and-set on the row of the release"),
    PREPARE_CHECKS_GENERATION("a secondary that is raised before the primary is not prepared"),
    PREPARE_COMPARES("the preparation never touches a later epoch"),

    BACKFILL_CHECKS_CLAIM("a page and its checkpoint count only under the newest claim"),
    BACKFILL_CHECKS_FENCE("a page writes only to a secondary of its epoch"),
    BACKFILL_ONLY_INSERTS("a page leaves the rows that are there"),
    BACKFILL_HEEDS_TOMBSTONES("a page leaves the keys alone that the ledger of the secondary knows"),
    BACKFILL_VERIFIES("a page is verified after it was written"),
    BACKFILL_VERIFIES_THE_RANGE("the range is verified, with the keys that only the secondary has"),

    GENERATION_RAISED("a failover that may have lost commits raises the generation, which voids what was verified"),
    RAISE_VOIDS_CLAIM("raising the generation voids the claim of a page under way"),
    SECONDARY_RAISED_FIRST("the generation is raised on the secondary before the primary"),
    AHEAD_IS_LISTED("keys on which the secondary is ahead are listed for a person"),
    LONE_ROWS_ARE_LISTED("rows that only the secondary has are listed, if nobody deleted them"),
    LISTED_KEYS_WAIT("a listed key is not refreshed before the person has decided");

    final String sentence;

    Rule(String sentence) {
        this.sentence = sentence;
    }
}
