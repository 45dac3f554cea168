package dev.crossfade.jdbc.model;

/** What backfill and the full pass share: the claim, the view under which it was taken, and the checkpoint. */
abstract class PageWorker extends Actor {
    static final int PHASE = 0;
    static final int SIDE = 1;
    static final int EPOCH = 2;
    static final int CLAIM = 3;
    static final int OF_THE_PAGE = 4;

    private final int takeoversLeft;

    PageWorker(String name, Rules rules, Memory memory, int cells) {
        super(name, rules, memory, OF_THE_PAGE + cells + 1);
        takeoversLeft = OF_THE_PAGE + cells;
    }

    /** How often it may still take the claim. */
    final void allow(World world, int takeovers) {
        set(world, takeoversLeft, takeovers);
    }

    /** Takes the claim over before it reads anything. */
    final void takeOver(World world, Steps next, int claimed) {
        for (Side side : Side.BOTH) {
            boolean settled = world.role(side) == Role.PRIMARY && world.role(side.other()) == Role.SECONDARY;
            boolean raised = world.generation(side) == world.generation(side.other()) && !world.raiseDue();
            if (settled && raised && get(world, takeoversLeft) > 0) {
                next.step(name, "takes the claim", after -> {
                    after.setClaim(after.claim() + 1);
                    set(after, PHASE, claimed);
                    set(after, SIDE, side.ordinal());
                    set(after, EPOCH, after.epoch(side));
                    set(after, CLAIM, after.claim());
                    set(after, takeoversLeft, get(after, takeoversLeft) - 1);
                });
            }
        }
    }

    final Side primary(World world) {
        return side(world, SIDE);
    }

    final boolean holdsClaim(World world) {
        return world.claim() == get(world, CLAIM) || !rules.hold(Rule.BACKFILL_CHECKS_CLAIM);
    }

    final boolean mayWrite(World world) {
        Side secondary = primary(world).other();
        return (world.role(secondary) == Role.SECONDARY && world.epoch(secondary) <= get(world, EPOCH))
                || !rules.hold(Rule.BACKFILL_CHECKS_FENCE);
    }

    static boolean anyLocked(World world, Side side) {
        for (int key = 0; key < world.keys; key++) {
            if (world.locked(side, key)) {
                return true;
            }
        }
        return false;
    }

    @Override
    final void crash(World world) {
        forget(world, takeoversLeft);
    }
}
