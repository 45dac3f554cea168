package dev.crossfade.jdbc.model;

import dev.crossfade.jdbc.model.Transaction.Put;
import java.util.List;

/**
 * Runs its transactions one after the other, each once and under a view of the primary that may be as old as the
 * migration: statements with row locks, then the fence, then the ledger rows and the commit.
 */
final class Writer extends Actor {
    private static final int OPEN = 1;
    private static final int CHECKED = 2;
    private static final int HALF_DONE = 3;

    private static final int PHASE = 0;
    private static final int SIDE = 1;
    private static final int EPOCH = 2;
    private static final int CHOICE = 3;
    private static final int OF_A_TRANSACTION = 4;
    private static final int DONE = 4;

    private final List<List<Transaction>> script;
    private final int ledgerFrom;
    private final Ledger ledger;

    /**
     * @param script for each transaction in turn, what it may be
     * @param ledgerFrom the first epoch under dual write; a transaction pinned before it writes no ledger row
     */
    Writer(String name, Rules rules, Memory memory, int ledgerFrom, List<List<Transaction>> script) {
        super(name, rules, memory, 5);
        this.script = script;
        this.ledgerFrom = ledgerFrom;
        this.ledger = new Ledger(rules);
    }

    @Override
    void steps(World world, Steps next) {
        switch (get(world, PHASE)) {
            case IDLE -> open(world, next);
            case OPEN -> {
                next.step(name, "checks the fence", this::checkFence);
                next.step(name, "dies before its commit", this::rollBack);
            }
            case CHECKED -> {
                commit(next);
                next.step(name, "dies under the fence", this::rollBack);
            }
            default -> {
                next.step(name, "commits the second half", this::commitSecondHalf);
                next.step(name, "dies between the halves", this::rollBack);
            }
        }
    }

    private void open(World world, Steps next) {
        if (get(world, DONE) == script.size()) {
            return;
        }
        List<Transaction> choices = script.get(get(world, DONE));
        for (Side side : Side.BOTH) {
            for (int epoch = 0; epoch <= world.epoch(Side.LEGACY) || epoch <= world.epoch(Side.NEW); epoch++) {
                for (int choice = 0; choice < choices.size(); choice++) {
                    if (world.mayBeBelievedPrimary(side, epoch)
                            && choices.get(choice).mayRun(world, side)) {
                        pin(next, side, epoch, choice);
                    }
                }
            }
        }
    }

    private void pin(Steps next, Side side, int epoch, int choice) {
        next.step(name, "runs its statements", world -> {
            set(world, PHASE, OPEN);
            set(world, SIDE, side.ordinal());
            set(world, EPOCH, epoch);
            set(world, CHOICE, choice);
            lock(world, true);
        });
    }

    private void checkFence(World world) {
        Side side = side(world, SIDE);
        boolean role = world.role(side) == Role.PRIMARY || !rules.hold(Rule.WRITER_CHECKS_FENCE);
        boolean epoch = world.epoch(side) == get(world, EPOCH)
                || !rules.hold(Rule.WRITER_CHECKS_EPOCH)
                || !rules.hold(Rule.WRITER_CHECKS_FENCE);
        if (role && epoch) {
            set(world, PHASE, CHECKED);
            share(world, 1);
        } else {
            rollBack(world);
        }
    }

    private void commit(Steps next) {
        if (!rules.hold(Rule.LEDGER_NOT_AFTER_THE_WRITE)) {
            next.step(name, "commits the write without the ledger", world -> {
                writeEntities(world);
                lock(world, false);
                set(world, PHASE, HALF_DONE);
            });
        } else if (!rules.hold(Rule.LEDGER_NOT_BEFORE_THE_WRITE)) {
            next.step(name, "commits the ledger without the write", world -> {
                writeLedger(world);
                set(world, PHASE, HALF_DONE);
            });
        } else {
            next.step(name, "commits", world -> {
                if (writeEntities(world)) {
                    writeLedger(world);
                }
                finish(world);
            });
        }
    }

    private void commitSecondHalf(World world) {
        if (rules.hold(Rule.LEDGER_NOT_AFTER_THE_WRITE)) {
            writeEntities(world);
        } else {
            writeLedger(world);
        }
        finish(world);
    }

    /** The entity's part; nothing if the unique constraint refuses it. */
    private boolean writeEntities(World world) {
        Side side = side(world, SIDE);
        List<Put> puts = transaction(world).puts();
        int[] before = world.rows(side);
        puts.forEach(put -> world.setRow(side, put.key(), put.state()));
        if (!world.unique(side)) {
            world.setRows(side, before);
            return false;
        }
        for (Put put : puts) {
            world.setAcknowledged(put.key(), put.state());
            world.setLost(put.key(), world.listed(put.key()) ? world.lost(put.key()) : World.ABSENT);
        }
        return true;
    }

    private void writeLedger(World world) {
        if (get(world, EPOCH) < ledgerFrom) {
            return;
        }
        for (Put put : transaction(world).puts()) {
            ledger.raise(world, side(world, SIDE), put.key(), Change.to(put.state()));
        }
    }

    private void rollBack(World world) {
        if (get(world, PHASE) >= CHECKED) {
            share(world, -1);
        }
        end(world);
    }

    private void finish(World world) {
        share(world, -1);
        end(world);
    }

    private void end(World world) {
        lock(world, false);
        forget(world, OF_A_TRANSACTION);
        set(world, DONE, get(world, DONE) + 1);
    }

    /** The database of this side rolls its transaction back. */
    void loseConnectionTo(World world, Side side) {
        if (get(world, PHASE) != IDLE && side(world, SIDE) == side) {
            rollBack(world);
        }
    }

    @Override
    void crash(World world) {
        if (get(world, PHASE) != IDLE) {
            rollBack(world);
        }
    }

    private void share(World world, int more) {
        if (rules.hold(Rule.WRITER_HOLDS_FENCE)) {
            world.addSharers(side(world, SIDE), more);
        }
    }

    private Transaction transaction(World world) {
        return script.get(get(world, DONE)).get(get(world, CHOICE));
    }

    private void lock(World world, boolean locked) {
        for (Put put : transaction(world).puts()) {
            world.setLocked(side(world, SIDE), put.key(), locked);
        }
    }
}
