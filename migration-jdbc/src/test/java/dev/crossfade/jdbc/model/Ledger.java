package dev.crossfade.jdbc.model;

/** The ledger rows of one database. Every method is one piece of a transaction there. */
final class Ledger {
    private final Rules rules;

    Ledger(Rules rules) {
        this.rules = rules;
    }

    /** The version of a key as every comparison sees it; a missing row counts as (G, 0). */
    int version(World world, Side side, int key) {
        int generation = rules.hold(Rule.EFFECTIVE_VERSIONS)
                ? Math.max(world.ledgerGeneration(side, key), world.generation(side))
                : world.ledgerGeneration(side, key);
        return Version.of(generation, world.ledgerCounter(side, key));
    }

    /** What a transaction on the primary does to the ledger row of a key that it touched. */
    void raise(World world, Side primary, int key, Change change) {
        boolean small = change == Change.MARKED && rules.hold(Rule.MARKS_STAY_BELOW_WRITES);
        int counter = world.ledgerCounter(primary, key);
        int next = small ? Version.afterMark(counter) : Version.afterWrite(counter);
        world.setLedger(primary, key, world.generation(primary), next, change, true);
        if (!small) {
            world.setStateAt(key, next, world.row(primary, key));
        }
    }

    /** Whether the ledger of this side knows the key in the present generation, be it as a tombstone. */
    boolean knows(World world, Side side, int key) {
        return world.ledgerCounter(side, key) > 0 && world.ledgerGeneration(side, key) == world.generation(side);
    }

    /** Acknowledges a refresh on the primary. A row that a writer has locked is skipped and stays pending. */
    void acknowledge(World world, Side primary, int key, int version) {
        boolean same = version(world, primary, key) == version || !rules.hold(Rule.ACKNOWLEDGED_BY_VERSION);
        if (same && !world.locked(primary, key)) {
            world.setPending(primary, key, false);
        }
    }

    /**
     * Makes a key pending without writing the entity, bound to the primary and the epoch where the reason was found: the
     * fence must be primary at that epoch, or draining after it.
     *
     * @return whether the mark was accepted
     */
    boolean mark(World world, Side primary, int epoch, int key) {
        Side target = rules.hold(Rule.MARK_STAYS_WITH_ITS_PRIMARY) ? primary : presentPrimary(world, primary);
        if (!mayMark(world, target, epoch)) {
            return false;
        }
        raise(world, target, key, Change.MARKED);
        if (world.row(target, key) == world.acknowledged(key)) {
            world.setDamaged(key, false);
        }
        return true;
    }

    private boolean mayMark(World world, Side side, int epoch) {
        boolean primary = world.role(side) == Role.PRIMARY || world.role(side) == Role.DRAINING;
        boolean same = world.epoch(side) == epoch || world.says(side, Role.DRAINING, epoch + 1);
        boolean epochMatters = rules.hold(Rule.MARK_CHECKS_EPOCH) && rules.hold(Rule.MARK_STAYS_WITH_ITS_PRIMARY);
        return (primary && (same || !epochMatters)) || !rules.hold(Rule.MARK_CHECKS_FENCE);
    }

    private static Side presentPrimary(World world, Side otherwise) {
        for (Side side : Side.BOTH) {
            if (world.role(side) == Role.PRIMARY) {
                return side;
            }
        }
        return otherwise;
    }
}
