package dev.crossfade.jdbc.model;

/** Copies the one page of the scenario: claim, read, insert what is missing, verify the range, mark, checkpoint. */
final class Backfill extends PageWorker {
    private static final int CLAIMED = 1;
    private static final int READ = 2;
    private static final int WRITTEN = 3;
    private static final int HALF_VERIFIED = 4;
    private static final int VERIFIED = 5;
    private static final int MARKED = 6;

    private static final int LIST = OF_THE_PAGE;
    private static final int DIFFERENT = OF_THE_PAGE + 1;
    private static final int STATES = OF_THE_PAGE + 2;

    private final Ledger ledger;

    Backfill(Rules rules, Memory memory) {
        super("backfill", rules, memory, 2 + memory.keys);
        this.ledger = new Ledger(rules);
    }

    @Override
    void steps(World world, Steps next) {
        switch (get(world, PHASE)) {
            case IDLE -> {
                if (!world.verified()) {
                    takeOver(world, next, CLAIMED);
                }
            }
            case CLAIMED -> next.step(name, "reads the range on the primary", this::readPrimary);
            case READ -> {
                if (!anyLocked(world, primary(world).other())) {
                    next.step(name, "inserts what is missing", this::insert);
                }
            }
            case WRITTEN -> next.step(name, "reads the range on the secondary", this::readSecondary);
            case HALF_VERIFIED -> next.step(name, "compares with the range on the primary", this::compare);
            case VERIFIED -> {
                if (!anyLocked(world, primary(world))) {
                    next.step(name, "marks what differs", this::mark);
                }
            }
            default -> next.step(name, "writes the checkpoint", this::checkpoint);
        }
        if (get(world, PHASE) != IDLE) {
            next.step(name, "dies", this::crash);
        }
    }

    private void readPrimary(World world) {
        int list = 0;
        for (int key = 0; key < world.keys; key++) {
            int state = world.row(primary(world), key);
            set(world, STATES + key, state);
            list |= state == World.ABSENT ? 0 : 1 << key;
        }
        set(world, LIST, list);
        set(world, PHASE, READ);
    }

    private void insert(World world) {
        if (!mayWrite(world) || !holdsClaim(world)) {
            crash(world);
            return;
        }
        Side secondary = primary(world).other();
        for (int key = 0; key < world.keys; key++) {
            int state = get(world, STATES + key);
            boolean missing = world.row(secondary, key) == World.ABSENT || !rules.hold(Rule.BACKFILL_ONLY_INSERTS);
            boolean known = ledger.knows(world, secondary, key) && rules.hold(Rule.BACKFILL_HEEDS_TOMBSTONES);
            boolean overwrites = !rules.hold(Rule.BACKFILL_ONLY_INSERTS);
            if (state != World.ABSENT && missing && (!known || overwrites)) {
                world.setRow(secondary, key, state);
            }
            set(world, STATES + key, 0);
        }
        set(world, PHASE, rules.hold(Rule.BACKFILL_VERIFIES) ? WRITTEN : MARKED);
    }

    private void readSecondary(World world) {
        for (int key = 0; key < world.keys; key++) {
            set(world, STATES + key, world.row(primary(world).other(), key));
        }
        set(world, PHASE, HALF_VERIFIED);
    }

    private void compare(World world) {
        int different = 0;
        for (int key = 0; key < world.keys; key++) {
            boolean inScope = (get(world, LIST) & 1 << key) != 0 || rules.hold(Rule.BACKFILL_VERIFIES_THE_RANGE);
            boolean differs = world.row(primary(world), key) != get(world, STATES + key);
            different |= inScope && differs ? 1 << key : 0;
            set(world, STATES + key, 0);
        }
        set(world, LIST, 0);
        set(world, DIFFERENT, different);
        set(world, PHASE, different == 0 ? MARKED : VERIFIED);
    }

    private void mark(World world) {
        boolean accepted = true;
        for (int key = 0; key < world.keys; key++) {
            if ((get(world, DIFFERENT) & 1 << key) != 0) {
                accepted &= ledger.mark(world, primary(world), get(world, EPOCH), key);
            }
        }
        set(world, DIFFERENT, 0);
        if (accepted) {
            set(world, PHASE, MARKED);
        } else {
            crash(world);
        }
    }

    private void checkpoint(World world) {
        if (holdsClaim(world)) {
            world.setVerified(true);
        }
        crash(world);
    }
}
