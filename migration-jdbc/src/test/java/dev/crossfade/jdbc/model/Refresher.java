package dev.crossfade.jdbc.model;

import java.util.function.BiConsumer;

/**
 * A relay that refreshes a batch of keys, again and again: versions, states and versions on the side that it believes to
 * be primary, one transaction on the other side, and the acknowledgement.
 */
final class Refresher extends Actor {
    private static final int FIRST_READ = 1;
    private static final int SECOND_READ = 2;
    private static final int PROVEN = 3;
    private static final int APPLIED = 4;

    private static final int PHASE = 0;
    private static final int SIDE = 1;
    private static final int EPOCH = 2;
    private static final int BATCH = 3;
    private static final int OF_THE_KEYS = 4;

    private final boolean upToDate;
    private final Ledger ledger;
    private final SecondaryTransaction secondary;

    /** @param upToDate whether it begins only under the present view, not under one as old as the migration */
    Refresher(Rules rules, Memory memory, boolean upToDate) {
        super("refresher", rules, memory, OF_THE_KEYS + 2 * memory.keys);
        this.upToDate = upToDate;
        this.ledger = new Ledger(rules);
        this.secondary = new SecondaryTransaction(rules);
    }

    @Override
    void steps(World world, Steps next) {
        boolean versionFirst = rules.hold(Rule.VERSION_READ_FIRST);
        switch (get(world, PHASE)) {
            case IDLE -> begin(world, next, versionFirst ? this::readVersion : this::readState);
            case FIRST_READ -> read(next, versionFirst ? this::readState : this::readVersion);
            case SECOND_READ -> next.step(name, "reads the versions again", this::proveVersions);
            case PROVEN -> apply(world, next);
            default -> next.step(name, "acknowledges on the primary", this::acknowledge);
        }
        if (get(world, PHASE) != IDLE) {
            next.step(name, "dies", this::crash);
        }
    }

    private void begin(World world, Steps next, BiConsumer<World, Integer> read) {
        for (Side side : Side.BOTH) {
            for (int epoch = 0; epoch <= world.epoch(Side.LEGACY) || epoch <= world.epoch(Side.NEW); epoch++) {
                if (mayBegin(world, side, epoch) && world.anyPending(side)) {
                    int view = epoch;
                    next.step(name, "begins with its first read", after -> {
                        set(after, PHASE, FIRST_READ);
                        set(after, SIDE, side.ordinal());
                        set(after, EPOCH, view);
                        set(after, BATCH, pendingKeys(after, side));
                        readBatch(after, read);
                    });
                }
            }
        }
    }

    private boolean mayBegin(World world, Side side, int epoch) {
        boolean present = world.says(side, Role.PRIMARY, epoch) || world.says(side, Role.DRAINING, epoch);
        return present || (!upToDate && world.mayBeBelievedSource(side, epoch));
    }

    private void read(Steps next, BiConsumer<World, Integer> read) {
        next.step(name, "does its second read", world -> {
            readBatch(world, read);
            set(world, PHASE, rules.hold(Rule.VERSION_READ_AGAIN) ? SECOND_READ : PROVEN);
        });
    }

    private void readBatch(World world, BiConsumer<World, Integer> read) {
        for (int key = 0; key < world.keys; key++) {
            if ((get(world, BATCH) & 1 << key) != 0) {
                read.accept(world, key);
            }
        }
    }

    private void readVersion(World world, int key) {
        set(world, OF_THE_KEYS + 2 * key, ledger.version(world, side(world, SIDE), key));
    }

    private void readState(World world, int key) {
        set(world, OF_THE_KEYS + 2 * key + 1, world.row(side(world, SIDE), key));
    }

    /** Drops the keys whose version has changed; they stay pending. */
    private void proveVersions(World world) {
        for (int key = 0; key < world.keys; key++) {
            if (ledger.version(world, side(world, SIDE), key) != get(world, OF_THE_KEYS + 2 * key)) {
                drop(world, key);
            }
        }
        moveOn(world, PROVEN);
    }

    /** The whole batch in one transaction or, where that fails, key by key. */
    private void apply(World world, Steps next) {
        int batch = get(world, BATCH);
        if (rules.hold(Rule.CONFLICTS_APPLIED_JOINTLY) || Integer.bitCount(batch) == 1) {
            applyPart(world, next, batch);
        }
        for (int key = 0; key < world.keys && Integer.bitCount(batch) > 1; key++) {
            if ((batch & 1 << key) != 0) {
                applyPart(world, next, 1 << key);
            }
        }
    }

    private void applyPart(World world, Steps next, int part) {
        Side target = side(world, SIDE).other();
        if (!SecondaryTransaction.mayRun(world, target, part)) {
            return;
        }
        next.step(name, "applies on the secondary", after -> {
            int[] versions = new int[after.keys];
            int[] states = new int[after.keys];
            for (int key = 0; key < after.keys; key++) {
                versions[key] = get(after, OF_THE_KEYS + 2 * key);
                states[key] = get(after, OF_THE_KEYS + 2 * key + 1);
            }
            boolean applied = secondary.apply(after, target, get(after, EPOCH), part, versions, states);
            for (int key = 0; key < after.keys; key++) {
                set(after, OF_THE_KEYS + 2 * key + 1, 0);
                if (!applied || (part & 1 << key) == 0) {
                    drop(after, key);
                }
            }
            moveOn(after, APPLIED);
        });
    }

    private void acknowledge(World world) {
        for (int key = 0; key < world.keys; key++) {
            if ((get(world, BATCH) & 1 << key) != 0) {
                ledger.acknowledge(world, side(world, SIDE), key, get(world, OF_THE_KEYS + 2 * key));
            }
        }
        crash(world);
    }

    private void drop(World world, int key) {
        set(world, BATCH, get(world, BATCH) & ~(1 << key));
        set(world, OF_THE_KEYS + 2 * key, 0);
        set(world, OF_THE_KEYS + 2 * key + 1, 0);
    }

    private void moveOn(World world, int phase) {
        if (get(world, BATCH) == 0) {
            crash(world);
        } else {
            set(world, PHASE, phase);
        }
    }

    private static int pendingKeys(World world, Side side) {
        int batch = 0;
        for (int key = 0; key < world.keys; key++) {
            batch |= world.pending(side, key) ? 1 << key : 0;
        }
        return batch;
    }
}
