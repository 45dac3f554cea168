package dev.crossfade.jdbc.model;

/** Would like to keep the ledgers small in a middle stage; only the rule that forbids it keeps it from doing so. */
final class Purger extends Actor {
    Purger(Rules rules, Memory memory) {
        super("purger", rules, memory, 0);
    }

    @Override
    void steps(World world, Steps next) {
        if (rules.hold(Rule.LEDGER_ROWS_STAY)) {
            return;
        }
        for (Side side : Side.BOTH) {
            for (int key = 0; key < world.keys; key++) {
                if (world.ledgerCounter(side, key) > 0 && !world.pending(side, key) && !world.locked(side, key)) {
                    int purged = key;
                    next.step(name, "purges a row", after -> after.setLedger(side, purged, 0, 0, Change.NONE, false));
                }
            }
        }
    }
}
