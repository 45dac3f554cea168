package dev.crossfade.jdbc.model;

/** The compare-and-set transitions of the fence rows. Each is one transaction on one database and says if it won. */
final class Fence {
    private final Rules rules;

    Fence(Rules rules) {
        this.rules = rules;
    }

    /** PRIMARY(e) to DRAINING(e+1); exclusive, so it waits for whoever holds the fence shared. */
    boolean drain(World world, Side primary, int epoch) {
        if (!world.says(primary, Role.PRIMARY, epoch) || world.sharers(primary) > 0) {
            return false;
        }
        world.setFence(primary, Role.DRAINING, epoch + 1);
        return true;
    }

    /** The secondary to PREPARED(epoch), unless it knows a later one, or a generation that the primary has not reached. */
    boolean prepare(World world, Side secondary, int epoch) {
        boolean compares = (world.role(secondary) == Role.SECONDARY || world.role(secondary) == Role.PREPARED)
                && world.epoch(secondary) <= epoch;
        boolean overtaken = world.generation(secondary) > world.generation(secondary.other());
        if ((!compares && rules.hold(Rule.PREPARE_COMPARES))
                || (overtaken && rules.hold(Rule.PREPARE_CHECKS_GENERATION))) {
            return false;
        }
        world.setFence(secondary, Role.PREPARED, epoch);
        return true;
    }

    /** DRAINING(epoch) to SECONDARY(epoch), if nothing is pending. The point of commitment. */
    boolean release(World world, Side primary, int epoch) {
        boolean clean = !world.anyPending(primary) || !rules.hold(Rule.RELEASE_CHECKS_PENDING);
        if (!world.says(primary, Role.DRAINING, epoch) || !clean) {
            return false;
        }
        world.setFence(primary, Role.SECONDARY, epoch);
        return true;
    }

    /** PREPARED(epoch) to PRIMARY(epoch), by anyone who saw the release. */
    boolean grant(World world, Side secondary, int epoch) {
        if (!world.says(secondary, Role.PREPARED, epoch)) {
            return false;
        }
        world.setFence(secondary, Role.PRIMARY, epoch);
        return true;
    }

    /** DRAINING(epoch) to PRIMARY(epoch+1), on the row of the release, so that only one of them wins. */
    boolean abort(World world, Side primary, int epoch) {
        if (!world.says(primary, Role.DRAINING, epoch) && rules.hold(Rule.ABORT_COMPARES)) {
            return false;
        }
        world.setFence(primary, Role.PRIMARY, epoch + 1);
        return true;
    }

    /** PREPARED below {@code epoch} to SECONDARY(epoch), by anyone who saw the other side primary or draining there. */
    boolean heal(World world, Side secondary, int epoch) {
        if (world.role(secondary) != Role.PREPARED || world.epoch(secondary) >= epoch) {
            return false;
        }
        world.setFence(secondary, Role.SECONDARY, epoch);
        return true;
    }

    /** Raises the secondary to the next generation and epoch, which voids the claim and what was verified. */
    boolean raiseSecondary(World world, Side secondary, int epoch) {
        if (world.role(secondary) != Role.SECONDARY || world.epoch(secondary) >= epoch) {
            return false;
        }
        world.setFence(secondary, Role.SECONDARY, epoch);
        if (rules.hold(Rule.GENERATION_RAISED)) {
            world.setGeneration(secondary, world.generation(secondary) + 1);
            world.setClaim(world.claim() + (rules.hold(Rule.RAISE_VOIDS_CLAIM) ? 1 : 0));
            world.setVerified(false);
        }
        return true;
    }

    /** Raises the primary, PRIMARY(e) to PRIMARY(e+1); exclusive, so it waits for whoever holds the fence shared. */
    boolean raisePrimary(World world, Side primary, int epoch) {
        if (!world.says(primary, Role.PRIMARY, epoch) || world.sharers(primary) > 0) {
            return false;
        }
        world.setFence(primary, Role.PRIMARY, epoch + 1);
        if (rules.hold(Rule.GENERATION_RAISED)) {
            world.setGeneration(primary, world.generation(primary) + 1);
        }
        return true;
    }
}
