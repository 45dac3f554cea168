package dev.crossfade.simulator;

import dev.crossfade.MoveResult;
import dev.crossfade.control.Stage;
import java.sql.SQLException;

/** The end of every run: with all stores well and no load, the way forward and the way back are open. */
final class Finale {
    private final World world;
    private final Service service;

    Finale(World world, Service service) {
        this.world = world;
        this.service = service;
    }

    void walk() {
        service.control.readsToPrimary(false).readNewPercent(100).shadowPercent(0);
        requireReads();
        if (service.stage() == Stage.LEGACY_ONLY) {
            return;
        }
        for (int n = 0; n < 3; n++) {
            move(service.stage() == Stage.LEGACY_PRIMARY ? Stage.NEW_PRIMARY : Stage.LEGACY_PRIMARY);
            requireReads();
        }
    }

    private void move(Stage to) {
        MoveResult result = service.migration.moveTo(to, Operations.ALICE);
        boolean gated = result instanceof MoveResult.Refused refused
                && refused.reasons().stream().allMatch(reason -> reason.contains("mismatches"));
        if (!result.moved() && !gated) {
            world.checker.broken("P13", "nothing speaks against the move to " + to + ", but: " + result);
        }
    }

    private void requireReads() {
        for (long key : world.allKeys()) {
            try {
                Item found = service.items.findById(key).orElse(null);
                world.checker.read(key, found, world.checker.of(key).last());
            } catch (SQLException failure) {
                world.checker.broken("P8", "all stores are well, and a read fails with " + failure);
            }
        }
    }
}
