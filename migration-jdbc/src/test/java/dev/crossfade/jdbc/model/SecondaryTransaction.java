package dev.crossfade.jdbc.model;

/** The one transaction in which a refresh makes the secondary equal. */
final class SecondaryTransaction {
    private final Rules rules;
    private final Ledger ledger;

    SecondaryTransaction(Rules rules) {
        this.rules = rules;
        this.ledger = new Ledger(rules);
    }

    /** Whether no writer's row lock makes this transaction wait. */
    static boolean mayRun(World world, Side secondary, int keys) {
        for (int key = 0; key < world.keys; key++) {
            if ((keys & 1 << key) != 0 && world.locked(secondary, key)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Applies each key of the set {@code keys} at its version, or nothing at all.
     *
     * @param versions the version of each key as read on the primary
     * @param states the state of each key as read on the primary
     * @return whether it committed; false leaves the world as it was
     */
    boolean apply(World world, Side secondary, int viewEpoch, int keys, int[] versions, int[] states) {
        boolean role = world.role(secondary) == Role.SECONDARY || !rules.hold(Rule.APPLY_CHECKS_ROLE);
        boolean epoch = world.epoch(secondary) <= viewEpoch || !rules.hold(Rule.APPLY_CHECKS_EPOCH);
        if (!role || !epoch || isOvertaken(world, secondary, keys, versions) || hasListed(world, keys)) {
            return false;
        }
        int[] before = world.rows(secondary);
        int newer = 0;
        for (int key = 0; key < world.keys; key++) {
            boolean older = ledger.version(world, secondary, key) < versions[key];
            if ((keys & 1 << key) != 0 && (older || !rules.hold(Rule.APPLY_CHECKS_VERSION))) {
                newer |= 1 << key;
                world.setRow(secondary, key, states[key]);
            }
        }
        if (!world.unique(secondary) && rules.hold(Rule.CONFLICTS_DELETE_NOBODY)) {
            world.setRows(secondary, before);
            return false;
        }
        for (int key = 0; key < world.keys; key++) {
            if ((newer & 1 << key) != 0) {
                replaceOthers(world, secondary, key);
                recordVersion(world, secondary, key, versions[key]);
            }
        }
        return true;
    }

    private void recordVersion(World world, Side secondary, int key, int version) {
        Change change = Change.to(world.row(secondary, key));
        if (change == Change.DELETED && !rules.hold(Rule.TOMBSTONES_STAY)) {
            world.setLedger(secondary, key, 0, 0, Change.NONE, false);
        } else {
            world.setLedger(secondary, key, Version.generation(version), Version.counter(version), change, false);
        }
    }

    private void replaceOthers(World world, Side secondary, int key) {
        for (int other = 0; other < world.keys && !world.unique(secondary); other++) {
            if (other != key && world.row(secondary, other) == world.row(secondary, key)) {
                world.setRow(secondary, other, World.ABSENT);
            }
        }
    }

    /** A raise that is half done: in the new generation every version looks newer than the write that has to cross. */
    private boolean isOvertaken(World world, Side secondary, int keys, int[] versions) {
        for (int key = 0; key < world.keys; key++) {
            boolean older = Version.generation(versions[key]) < world.generation(secondary);
            if ((keys & 1 << key) != 0 && older && rules.hold(Rule.APPLY_CHECKS_GENERATION)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasListed(World world, int keys) {
        for (int key = 0; key < world.keys; key++) {
            if ((keys & 1 << key) != 0 && world.listed(key) && rules.hold(Rule.LISTED_KEYS_WAIT)) {
                return true;
            }
        }
        return false;
    }
}
