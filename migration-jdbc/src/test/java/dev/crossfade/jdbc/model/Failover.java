package dev.crossfade.jdbc.model;

import java.util.List;

/**
 * One store fails over to a replica that stopped following some transactions ago: rows and ledger rows go back together.
 * The fence does not: its transitions wait for the replica, and nobody hands over while a failover is not answered.
 */
final class Failover extends Actor {
    private static final int FOLLOWS_NO_MORE = 1;
    private static final int OVER = 2;

    private static final int PHASE = 0;
    private static final int REPLICA = 1;
    private static final int CELLS_OF_A_KEY = 5;

    private final Side side;
    private final List<Writer> writers;
    private final Ledger ledger = new Ledger(Rules.all());

    Failover(Rules rules, Memory memory, Side side, List<Writer> writers) {
        super("failover", rules, memory, REPLICA + CELLS_OF_A_KEY * memory.keys);
        this.side = side;
        this.writers = writers;
    }

    @Override
    void steps(World world, Steps next) {
        boolean settled = world.role(side) == Role.PRIMARY && world.role(side.other()) == Role.SECONDARY;
        boolean secondary = world.role(side) == Role.SECONDARY && world.role(side.other()) == Role.PRIMARY;
        if (get(world, PHASE) == IDLE) {
            next.step(name, "the replica stops following", this::copy);
        } else if (get(world, PHASE) == FOLLOWS_NO_MORE && (settled || secondary)) {
            next.step(name, "the replica takes over", this::takeOver);
        }
    }

    private void copy(World world) {
        set(world, PHASE, FOLLOWS_NO_MORE);
        for (int key = 0; key < world.keys; key++) {
            int cell = REPLICA + CELLS_OF_A_KEY * key;
            set(world, cell, world.row(side, key));
            set(world, cell + 1, world.ledgerGeneration(side, key));
            set(world, cell + 2, world.ledgerCounter(side, key));
            set(world, cell + 3, world.change(side, key).ordinal());
            set(world, cell + 4, world.pending(side, key) ? 1 : 0);
        }
    }

    private void takeOver(World world) {
        writers.forEach(writer -> writer.loseConnectionTo(world, side));
        for (int key = 0; key < world.keys; key++) {
            boolean saved = hasNewest(world, side.other(), key);
            restore(world, key, REPLICA + CELLS_OF_A_KEY * key);
            if (world.role(side) == Role.PRIMARY) {
                noteLoss(world, key, saved);
            }
        }
        world.countFailover();
        world.setRaiseDue(true);
        world.setUnproven(true);
        forget(world, cells);
        set(world, PHASE, OVER);
    }

    private void restore(World world, int key, int cell) {
        world.setRow(side, key, get(world, cell));
        Change change = Change.ALL.get(get(world, cell + 3));
        world.setLedger(side, key, get(world, cell + 1), get(world, cell + 2), change, get(world, cell + 4) != 0);
    }

    /** Whether the other side has the newest write of the key, by a refresh or by a backfill. */
    private boolean hasNewest(World world, Side other, int key) {
        int newest = Version.ofLastWrite(ledger.version(world, side, key));
        return ledger.version(world, other, key) >= newest || world.ledgerCounter(other, key) == 0;
    }

    private void noteLoss(World world, int key, boolean saved) {
        int acknowledged = world.acknowledged(key);
        if (acknowledged != world.row(side, key)) {
            world.setAcknowledged(key, world.row(side, key));
            boolean survives = saved && world.row(side.other(), key) == acknowledged;
            world.setLost(key, survives ? acknowledged : World.ABSENT);
        }
    }

    /** What happened to the databases stays. */
    @Override
    void crash(World world) {}
}
