package dev.crossfade.jdbc.model;

import org.jspecify.annotations.Nullable;

/** What must hold in every state and between any two. */
final class Promises {
    private final Ledger ledger = new Ledger(Rules.all());

    /** The promise that the step from {@code before} to {@code after} breaks, or null. */
    @Nullable
    String brokenBetween(World before, World after) {
        boolean mayGoBack = before.failovers() != after.failovers();
        for (Side side : Side.BOTH) {
            for (int key = 0; key < after.keys && !mayGoBack; key++) {
                boolean older = ledger.version(after, side, key) < ledger.version(before, side, key);
                if (older && after.ledgerCounter(side, key) > 0) {
                    return "P5 the version of a key goes backwards on " + side;
                }
            }
        }
        return brokenIn(after);
    }

    /** The promise that does not hold in this state, or null. */
    @Nullable
    String brokenIn(World world) {
        if (world.role(Side.LEGACY) == Role.PRIMARY && world.role(Side.NEW) == Role.PRIMARY) {
            return "P1 two primaries";
        }
        for (int key = 0; key < world.keys; key++) {
            String broken = broken(world, key);
            if (broken != null) {
                return broken;
            }
        }
        return null;
    }

    private @Nullable String broken(World world, int key) {
        int kept = world.lost(key) == World.ABSENT ? world.acknowledged(key) : world.lost(key);
        if (kept != World.ABSENT && kept != world.row(Side.LEGACY, key) && kept != world.row(Side.NEW, key)) {
            return "P17 the last copy of a row is destroyed";
        }
        for (Side side : Side.BOTH) {
            if (world.change(side, key) == Change.DELETED && world.row(side, key) != World.ABSENT) {
                return "P6 a deleted key is back on " + side;
            }
            boolean primary = world.role(side) == Role.PRIMARY || world.role(side) == Role.DRAINING;
            if (primary && world.row(side, key) != world.acknowledged(key) && !world.damaged(key)) {
                return "P2 an acknowledged write is lost";
            }
            if (primary && clean(world, side, key) && differ(world, key)) {
                return "P4 a clean key differs";
            }
        }
        for (Side side : Side.BOTH) {
            if (world.role(side) == Role.SECONDARY && !hasStateOfItsVersion(world, side, key)) {
                return "P5 a state does not match its version on " + side;
            }
        }
        if (sameVersion(world, key) && differ(world, key)) {
            return "P5 a version stands for two states";
        }
        return null;
    }

    /** Whether the ledger, or a verified range, says that both sides are equal. */
    private boolean clean(World world, Side primary, int key) {
        boolean proven = world.verified() || ledger.knows(world, primary, key);
        return proven && !world.pending(primary, key) && !world.locked(primary, key) && !exempt(world, key);
    }

    /** Not so where someone removed a row by hand, nor after a failover, which may have lost the state of the version. */
    private static boolean hasStateOfItsVersion(World world, Side side, int key) {
        int version = world.ledgerCounter(side, key);
        boolean removedByHand = world.row(side, key) == World.ABSENT && world.change(side, key) == Change.WRITTEN;
        boolean written = Version.write(version) > 0 && !removedByHand && world.failovers() == 0;
        return !written || world.stateAt(key, version) == world.row(side, key);
    }

    private boolean sameVersion(World world, int key) {
        int version = ledger.version(world, Side.LEGACY, key);
        return Version.counter(version) > 0 && version == ledger.version(world, Side.NEW, key) && !exempt(world, key);
    }

    /** Where people have damaged a row, a failover has not been answered, or a person has to decide. */
    private static boolean exempt(World world, int key) {
        return world.damaged(key) || world.unproven() || world.listed(key);
    }

    static boolean differ(World world, int key) {
        return world.row(Side.LEGACY, key) != world.row(Side.NEW, key);
    }
}
