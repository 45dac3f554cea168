package dev.crossfade;

/**
 * How far a repair of discrepancies may go. One that would go further does nothing at all and says so.
 *
 * @param dryRun     whether to look only: nothing is marked, and the outcome tells what would be
 * @param maxDeletes the most rows of the secondary, whose keys the primary does not have, that may be deleted, 0 or more;
 *                   with 0 such keys are left as they are and the others are repaired
 * @param maxShare   the largest share of an entity's rows that may be touched, 0 to 1; up to {@value #ALWAYS} keys of an
 *                   entity always may
 */
public record RepairOptions(boolean dryRun, int maxDeletes, double maxShare) {
    /** So many keys of an entity are repaired whatever their share is. */
    public static final int ALWAYS = 100;

    /** Repairs at most 1 % of the rows and deletes none. */
    public static final RepairOptions DEFAULT = new RepairOptions(false, 0, 0.01);

    public RepairOptions {
        if (maxDeletes < 0) {
            throw new IllegalArgumentException("Repair maxDeletes is " + maxDeletes + "; choose 0 or more (default 0)");
        }
        if (!(maxShare >= 0 && maxShare <= 1)) {
            throw new IllegalArgumentException("Repair maxShare is " + maxShare + "; choose 0 to 1 (default 0.01)");
        }
    }

    /** These, looking only. */
    public RepairOptions asDryRun() {
        return new RepairOptions(true, maxDeletes, maxShare);
    }

    /** These, deleting up to so many rows of the secondary that the primary does not have. */
    public RepairOptions withMaxDeletes(int rows) {
        return new RepairOptions(dryRun, rows, maxShare);
    }

    /** These, touching up to this share of the rows. */
    public RepairOptions withMaxShare(double share) {
        return new RepairOptions(dryRun, maxDeletes, share);
    }
}
