package dev.crossfade.jdbc.model;

/** Compares a key on both sides and marks it where they differ; read repair does the same. */
final class Reconciler extends Actor {
    private static final int FOUND = 1;

    private static final int PHASE = 0;
    private static final int SIDE = 1;
    private static final int EPOCH = 2;
    private static final int KEY = 3;
    private static final int OF_A_FINDING = 4;
    private static final int DONE = 4;

    private final int findings;
    private final Ledger ledger;

    Reconciler(Rules rules, Memory memory, int findings) {
        super("reconciler", rules, memory, 5);
        this.findings = findings;
        this.ledger = new Ledger(rules);
    }

    @Override
    void steps(World world, Steps next) {
        if (get(world, PHASE) == FOUND) {
            if (!world.locked(Side.LEGACY, get(world, KEY)) && !world.locked(Side.NEW, get(world, KEY))) {
                next.step(name, "marks the key", this::mark);
            }
            next.step(name, "dies", after -> forget(after, OF_A_FINDING));
        } else if (get(world, DONE) < findings) {
            for (Side side : Side.BOTH) {
                if (world.role(side) == Role.PRIMARY || world.role(side) == Role.DRAINING) {
                    compare(world, next, side);
                }
            }
        }
    }

    private void compare(World world, Steps next, Side primary) {
        for (int key = 0; key < world.keys; key++) {
            if (world.row(primary, key) != world.row(primary.other(), key)) {
                int found = key;
                next.step(name, "finds a difference", after -> find(after, primary, found));
            }
        }
    }

    private void find(World world, Side primary, int key) {
        set(world, DONE, get(world, DONE) + 1);
        if (Pass.loneRow(world, primary, key) && rules.hold(Rule.LONE_ROWS_ARE_LISTED)) {
            world.setListed(key, true);
        } else {
            set(world, PHASE, FOUND);
            set(world, SIDE, primary.ordinal());
            set(world, EPOCH, world.epoch(primary));
            set(world, KEY, key);
        }
    }

    private void mark(World world) {
        ledger.mark(world, side(world, SIDE), get(world, EPOCH), get(world, KEY));
        forget(world, OF_A_FINDING);
    }
}
