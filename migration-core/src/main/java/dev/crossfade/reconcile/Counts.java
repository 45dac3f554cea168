package dev.crossfade.reconcile;

/**
 * What a reconciliation has counted so far, in keys.
 *
 * @param compared        rows of the primary that were compared, and keys that were looked at one by one
 * @param missingInNew    the legacy store has the row, the new one has not
 * @param missingInLegacy the new store has the row, the legacy one has not
 * @param different       both have it, with other fields
 * @param accepted        differ as an operator has accepted, and are in none of the three above
 * @param lagging         were on their way each time they were looked at, and so were not compared: the relay makes them equal,
 *                        and another run sees whether it has
 * @param unknown         could not be read or compared
 */
public record Counts(
        long compared,
        long missingInNew,
        long missingInLegacy,
        long different,
        long accepted,
        long lagging,
        long unknown) {
    /** Nothing yet. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

    /** Keys on which the stores differ and that nobody has accepted. */
    public long findings() {
        return missingInNew + missingInLegacy + different;
    }

    /** The sum of both. */
    public Counts plus(Counts more) {
        return new Counts(
                compared + more.compared,
                missingInNew + more.missingInNew,
                missingInLegacy + more.missingInLegacy,
                different + more.different,
                accepted + more.accepted,
                lagging + more.lagging,
                unknown + more.unknown);
    }
}
