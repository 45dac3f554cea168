package dev.crossfade.jdbc.model;

/**
 * The person who raises the generation, at the entry into dual write and after a failover, and who decides about listed
 * keys. The two databases are raised one after the other; whoever finds it half done goes on.
 */
final class Operator extends Actor {
    private final Fence fence;
    private final Ledger ledger;

    Operator(Rules rules, Memory memory) {
        super("operator", rules, memory, 0);
        this.fence = new Fence(rules);
        this.ledger = new Ledger(rules);
    }

    @Override
    void steps(World world, Steps next) {
        for (Side primary : Side.BOTH) {
            boolean settled = world.role(primary) == Role.PRIMARY && world.role(primary.other()) == Role.SECONDARY;
            if (settled && (world.raiseDue() || halfRaised(world, primary))) {
                raise(world, next, primary);
            } else if (settled && !world.unproven()) {
                decide(world, next, primary);
            }
        }
    }

    private void raise(World world, Steps next, Side primary) {
        Side secondary = primary.other();
        boolean secondaryFirst = rules.hold(Rule.SECONDARY_RAISED_FIRST);
        boolean primarysTurn = secondaryFirst != world.raiseDue();
        if (!primarysTurn) {
            next.step(name, "raises the secondary", after -> {
                fence.raiseSecondary(after, secondary, after.epoch(primary) + (secondaryFirst ? 1 : 0));
                after.setRaiseDue(false);
            });
        } else if (world.sharers(primary) == 0) {
            next.step(name, "raises the primary", after -> {
                fence.raisePrimary(after, primary, after.epoch(primary));
                after.setRaiseDue(false);
            });
        }
    }

    /** The side that is raised first is in the new generation and the other is not. */
    private boolean halfRaised(World world, Side primary) {
        Side first = rules.hold(Rule.SECONDARY_RAISED_FIRST) ? primary.other() : primary;
        return rules.hold(Rule.GENERATION_RAISED)
                ? world.generation(first) > world.generation(first.other())
                : world.epoch(first) > world.epoch(first.other());
    }

    private void decide(World world, Steps next, Side primary) {
        for (int key = 0; key < world.keys; key++) {
            if (world.listed(key) && !world.locked(primary, key)) {
                int decided = key;
                next.step(name, "keeps the primary's state", after -> keep(after, primary, decided, false));
                next.step(name, "keeps the secondary's state", after -> keep(after, primary, decided, true));
            }
        }
    }

    /** One write on the primary, with a version above both, and then the key is no longer listed. */
    private void keep(World world, Side primary, int key, boolean secondarys) {
        if (secondarys) {
            world.setRow(primary, key, world.row(primary.other(), key));
        }
        world.setAcknowledged(key, world.row(primary, key));
        world.setLost(key, World.ABSENT);
        int counter = Math.max(world.ledgerCounter(primary, key), world.ledgerCounter(primary.other(), key));
        world.setLedger(primary, key, world.generation(primary), counter, Change.NONE, false);
        ledger.raise(world, primary, key, Change.to(world.row(primary, key)));
        world.setListed(key, false);
    }
}
