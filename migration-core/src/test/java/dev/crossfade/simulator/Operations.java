package dev.crossfade.simulator;

import dev.crossfade.CopyRun;
import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.control.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The people and jobs around a migration: moves, copies, turned dials, retried keys. */
final class Operations {
    static final Operator ALICE = Operator.of("alice", "simulated");

    private final World world;
    private final Service service;
    private final Random random;
    private long revision;

    Operations(World world, Service service) {
        this.world = world;
        this.service = service;
        this.random = world.random();
    }

    /** Moves back and forth between the stages. */
    void move() {
        for (int n = 3 + random.nextInt(8); n > 0; n--) {
            Stage to = neighbour(service.stage());
            world.scheduler.pause("operator: moves to", to);
            world.scheduler.pause("operator: got", service.migration.moveTo(to, ALICE));
            world.scheduler.sleep(random.nextInt(80_000_000));
        }
    }

    private Stage neighbour(Stage stage) {
        return switch (stage) {
            case LEGACY_ONLY -> Stage.LEGACY_PRIMARY;
            case LEGACY_PRIMARY -> random.nextInt(4) == 0 ? Stage.LEGACY_ONLY : Stage.NEW_PRIMARY;
            case NEW_PRIMARY, NEW_ONLY -> Stage.LEGACY_PRIMARY;
        };
    }

    /** Copies all keys again and again. */
    void copy() {
        for (int n = 4 + random.nextInt(6); n > 0; n--) {
            try {
                if (world.checker.isDual()) {
                    var unused = copyOnce(Duration.ofMillis(400));
                }
            } catch (MigrationException moved) {
                world.scheduler.pause("copier: the stage moved", null);
            }
            world.scheduler.sleep(random.nextInt(60_000_000));
        }
    }

    /** Copies all keys; whether the copy is complete. */
    boolean copyOnce(Duration timeout) {
        List<Long> keys = new ArrayList<>(world.allKeys());
        Collections.shuffle(keys, random);
        world.scheduler.pause("copier: begins", null);
        try {
            CopyRun copy = service.migration.copy(Items.class);
            int half = keys.size() / 2;
            copy.mark(keys.subList(0, half));
            copy.mark(keys.subList(half, keys.size()));
            List<String> missing = copy.complete(ALICE, timeout);
            world.scheduler.pause("copier: ends", missing);
            return missing.isEmpty();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("nobody interrupts the copier", interrupted);
        }
    }

    /** Turns the dials and the kill switch, wishes for stages, retries parked keys. */
    void turn() {
        for (int n = 4 + random.nextInt(8); n > 0; n--) {
            world.scheduler.pause("operator: turns", null);
            switch (random.nextInt(8)) {
                case 0 -> service.control.readNewPercent(0);
                case 1, 2 -> service.control.readNewPercent(100);
                case 3 -> service.control.readNewPercent(50).shadowPercent(random.nextInt(3) == 0 ? 100 : 0);
                case 4 -> service.control.readsToPrimary(true);
                case 5 -> service.control.readsToPrimary(false);
                case 6 -> service.migration.parkedKeys().retryAll(ALICE);
                default -> service.control.wish(neighbour(service.stage()), ++revision);
            }
            world.scheduler.sleep(random.nextInt(60_000_000));
        }
    }
}
