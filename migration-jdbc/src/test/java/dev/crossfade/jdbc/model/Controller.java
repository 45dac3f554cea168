package dev.crossfade.jdbc.model;

/**
 * Moves the primary: gates, drain, look, prepare, release, grant. Any controller may take over from one that died, and any may
 * abort; what it knows may be out of date at every step.
 */
final class Controller extends Actor {
    private static final int DRAINED = 1;
    private static final int CLEAN = 2;
    private static final int PREPARED = 3;
    private static final int RELEASED = 4;
    private static final int HEALING = 5;
    private static final int PERMITTED = 6;

    private static final int PHASE = 0;
    private static final int SIDE = 1;
    private static final int EPOCH = 2;

    private final Budget budget;
    private final Fence fence;

    Controller(Rules rules, Memory memory, Budget budget) {
        super("controller", rules, memory, 3);
        this.budget = budget;
        this.fence = new Fence(rules);
    }

    /** How many drains and aborts all controllers of a scenario share. */
    static final class Budget {
        private final int firstCell;

        Budget(Memory memory) {
            firstCell = memory.reserve(2);
        }

        void allow(World world, int drains, int aborts) {
            world.set(firstCell, drains);
            world.set(firstCell + 1, aborts);
        }

        boolean drain(World world) {
            return world.get(firstCell) > 0;
        }

        void spendDrain(World world) {
            world.set(firstCell, world.get(firstCell) - 1);
        }

        boolean abort(World world) {
            return world.get(firstCell + 1) > 0;
        }

        void spendAbort(World world) {
            world.set(firstCell + 1, world.get(firstCell + 1) - 1);
        }
    }

    @Override
    void steps(World world, Steps next) {
        switch (get(world, PHASE)) {
            case IDLE -> begin(world, next);
            case PERMITTED -> {
                if (world.sharers(side(world, SIDE)) == 0 && !world.raiseDue()) {
                    next.step(name, "drains the primary", this::drain);
                }
            }
            case DRAINED -> {
                if (!world.anyPending(side(world, SIDE))) {
                    next.step(name, "sees nothing pending", after -> set(after, PHASE, CLEAN));
                }
            }
            case CLEAN -> next.step(name, "prepares the secondary", this::prepare);
            case PREPARED -> {
                next.step(name, "releases the primary", this::release);
                if (!rules.hold(Rule.GRANT_FOLLOWS_RELEASE)) {
                    next.step(name, "grants without a release", this::grant);
                }
            }
            case RELEASED -> next.step(name, "grants", this::grant);
            default -> next.step(name, "heals the secondary", this::heal);
        }
        if (get(world, PHASE) != IDLE) {
            next.step(name, "dies", this::crash);
            boolean running = get(world, PHASE) >= DRAINED && get(world, PHASE) <= RELEASED;
            if (running && budget.abort(world)) {
                next.step(name, "aborts", this::abort);
            }
        }
    }

    private void begin(World world, Steps next) {
        for (Side side : Side.BOTH) {
            Role role = world.role(side);
            Side other = side.other();
            if (role == Role.PRIMARY && budget.drain(world) && gatesAreOpen(world)) {
                next.step(name, "finds all gates open", after -> know(after, PERMITTED, side, after.epoch(side)));
            }
            if (role == Role.DRAINING) {
                next.step(name, "takes a handover over", after -> know(after, DRAINED, side, after.epoch(side)));
            }
            if (role == Role.SECONDARY && world.says(other, Role.PREPARED, world.epoch(side))) {
                next.step(name, "sees a release", after -> know(after, RELEASED, side, after.epoch(side)));
            }
            boolean source = role == Role.PRIMARY || role == Role.DRAINING;
            if (source && world.role(other) == Role.PREPARED && world.epoch(other) < world.epoch(side)) {
                next.step(name, "sees an abort", after -> know(after, HEALING, side, after.epoch(side)));
            }
        }
    }

    private static boolean gatesAreOpen(World world) {
        return world.verified() && !world.anyListed() && !world.raiseDue();
    }

    private void know(World world, int phase, Side side, int epoch) {
        set(world, PHASE, phase);
        set(world, SIDE, side.ordinal());
        set(world, EPOCH, epoch);
    }

    private void drain(World world) {
        boolean won = budget.drain(world) && fence.drain(world, side(world, SIDE), get(world, EPOCH));
        if (won) {
            budget.spendDrain(world);
            set(world, EPOCH, get(world, EPOCH) + 1);
        }
        goOn(world, DRAINED, won);
    }

    private void prepare(World world) {
        goOn(world, PREPARED, fence.prepare(world, side(world, SIDE).other(), get(world, EPOCH)));
    }

    private void release(World world) {
        goOn(world, RELEASED, fence.release(world, side(world, SIDE), get(world, EPOCH)));
    }

    private void grant(World world) {
        fence.grant(world, side(world, SIDE).other(), get(world, EPOCH));
        crash(world);
    }

    private void abort(World world) {
        if (fence.abort(world, side(world, SIDE), get(world, EPOCH))) {
            budget.spendAbort(world);
        }
        crash(world);
    }

    private void heal(World world) {
        fence.heal(world, side(world, SIDE).other(), get(world, EPOCH));
        crash(world);
    }

    private void goOn(World world, int phase, boolean won) {
        if (won) {
            set(world, PHASE, phase);
        } else {
            crash(world);
        }
    }
}
