package dev.crossfade.jdbc.model;

/**
 * The full pass over the keys of both sides after the generation was raised: marks every key, except those on which the
 * secondary has what the primary lost; those it lists for a person.
 */
final class Pass extends PageWorker {
    private static final int CLAIMED = 1;
    private static final int READ = 2;
    private static final int MARKED = 3;

    private static final int TO_LIST = OF_THE_PAGE;
    private static final int OF_THE_KEYS = OF_THE_PAGE + 1;

    private final Ledger ledger;

    Pass(Rules rules, Memory memory) {
        super("pass", rules, memory, 1 + memory.keys);
        this.ledger = new Ledger(rules);
    }

    /** Whether only the secondary has a row, and the ledger of the primary does not say that it was deleted. */
    static boolean loneRow(World world, Side primary, int key) {
        return world.row(primary, key) == World.ABSENT
                && world.row(primary.other(), key) != World.ABSENT
                && world.change(primary, key) != Change.DELETED;
    }

    @Override
    void steps(World world, Steps next) {
        switch (get(world, PHASE)) {
            case IDLE -> {
                if (world.unproven()) {
                    takeOver(world, next, CLAIMED);
                }
            }
            case CLAIMED -> next.step(name, "reads the versions on the secondary", this::readSecondary);
            case READ -> {
                if (!anyLocked(world, primary(world))) {
                    next.step(name, "marks keys on the primary", this::mark);
                }
            }
            default -> next.step(name, "lists the others and writes the checkpoint", this::checkpoint);
        }
        if (get(world, PHASE) != IDLE) {
            next.step(name, "dies", this::crash);
        }
    }

    private void readSecondary(World world) {
        for (int key = 0; key < world.keys; key++) {
            set(world, OF_THE_KEYS + key, ledger.version(world, primary(world).other(), key));
        }
        set(world, PHASE, READ);
    }

    private void mark(World world) {
        int toList = 0;
        boolean accepted = true;
        for (int key = 0; key < world.keys; key++) {
            boolean ahead = get(world, OF_THE_KEYS + key) > ledger.version(world, primary(world), key);
            boolean lone = loneRow(world, primary(world), key);
            set(world, OF_THE_KEYS + key, 0);
            if ((ahead && rules.hold(Rule.AHEAD_IS_LISTED)) || (lone && rules.hold(Rule.LONE_ROWS_ARE_LISTED))) {
                toList |= 1 << key;
            } else {
                accepted &= ledger.mark(world, primary(world), get(world, EPOCH), key);
            }
        }
        set(world, TO_LIST, toList);
        if (accepted) {
            set(world, PHASE, MARKED);
        } else {
            crash(world);
        }
    }

    private void checkpoint(World world) {
        if (holdsClaim(world)) {
            for (int key = 0; key < world.keys; key++) {
                if ((get(world, TO_LIST) & 1 << key) != 0) {
                    world.setListed(key, true);
                }
            }
            world.setVerified(true);
            world.setUnproven(false);
        }
        crash(world);
    }
}
