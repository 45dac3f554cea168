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
        world.setLedger(primary, key, world.generation(primary), world.ledgerCounter(primary, key) + 1, change, true);
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
        Side target = primary;
        if (!rules.hold(Rule.MARK_STAYS_WITH_ITS_PRIMARY)) {
            for (Side side : Side.BOTH) {
                target = world.role(side) == Role.PRIMARY ? side : target;
            }
        }
        boolean accepted = world.says(target, Role.PRIMARY, epoch)
                || world.says(target, Role.DRAINING, epoch + 1)
                || world.says(target, Role.DRAINING, epoch)
                || (world.role(target) == Role.PRIMARY && !rules.hold(Rule.MARK_STAYS_WITH_ITS_PRIMARY))
                || !rules.hold(Rule.MARK_CHECKS_FENCE);
        if (accepted) {
            raise(world, target, key, Change.MARKED);
            world.setDamaged(key, false);
        }
        return accepted;
    }
}
