package dev.crossfade.simulator;

import dev.crossfade.control.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One run: everything in it follows from the seed. */
final class Simulation {
    private static final long LOOK_AGAIN = 20_000_000L;

    /** Longer than any move lasts that is under way. */
    private static final long MOVES_END = 5_000_000_000L;

    private static final int LOOKS = 10_000;

    private final Mutant mutant;
    private final World world;

    /** How a run ended. */
    record Outcome(long seed, long steps, @Nullable Throwable failure, String story) {}

    private Simulation(long seed, Mutant mutant) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.mutant = mutant;
        this.world = new World(Scenario.of(random), random);
    }

    static Outcome run(long seed, Mutant mutant) throws InterruptedException {
        Simulation simulation = new Simulation(seed, mutant);
        Scheduler scheduler = simulation.world.scheduler;
        Throwable failure = scheduler.run(simulation::direct);
        String story = failure == null ? "" : simulation.world.scenario + "\n" + scheduler.trace();
        return new Outcome(seed, scheduler.steps(), failure, story);
    }

    private void direct() {
        Service service = live(Stage.LEGACY_ONLY, world.scenario.crashStep());
        if (world.scheduler.hasCrashed()) {
            if (service.stage() == Stage.LEGACY_ONLY) {
                // The new process cannot know that rows of an earlier dual write are there, and old.
                world.fresh.empty();
            }
            service = live(service.stage(), 0);
        }
        world.faults.heal();
        world.scheduler.calm();
        converge(service);
        world.checker.checkEqual();
        new Finale(world, service).walk();
        end(service);
    }

    /** One life of the process; ends with the work of its clients or with a crash. */
    private Service live(Stage stage, int crashStep) {
        Service service = new Service(world, mutant, stage);
        Operations operations = new Operations(world, service);
        List<Actor> actors = new ArrayList<>();
        for (int n = 1; n <= world.scenario.writers(); n++) {
            actors.add(spawn("client-" + n, new Client(world, service)));
        }
        actors.add(spawn("operator", operations::move));
        actors.add(spawn("copier", operations::copy));
        actors.add(spawn("dials", operations::turn));
        if (crashStep > 0) {
            world.scheduler.crashAt(crashStep);
        }
        for (int n = 1; !actors.stream().allMatch(actor -> actor.done); n++) {
            world.scheduler.sleep(LOOK_AGAIN);
            if (n % 50 == 0 && !actors.get(0).killed) {
                // A copy waits for room; keys that stay parked would keep it waiting for ever.
                service.migration.parkedKeys().retryAll(Operations.ALICE);
            }
        }
        world.scheduler.neverCrash();
        return service;
    }

    private Actor spawn(String name, Runnable body) {
        return world.scheduler.spawn(name, true, 1 + world.random().nextInt(20), body);
    }

    /** After everything has healed, a copy completes and every key becomes clean. */
    private void converge(Service service) {
        Operations operations = new Operations(world, service);
        service.control.clearWish();
        world.scheduler.sleep(MOVES_END);
        boolean complete = false;
        for (int n = 0; n < 20 && !complete && world.checker.isDual(); n++) {
            service.migration.parkedKeys().retryAll(Operations.ALICE);
            complete = operations.copyOnce(Duration.ofMinutes(2));
        }
        if (!complete && world.checker.isDual()) {
            world.checker.broken("P4", "no copy completes: " + service.migration.status());
        }
        for (int n = 0; n < LOOKS && service.dirty() > 0; n++) {
            world.scheduler.sleep(LOOK_AGAIN);
        }
        if (service.dirty() > 0) {
            world.checker.broken("P4", "keys stay dirty: " + service.migration.status());
        }
    }

    private void end(Service service) {
        service.migration.close();
        for (int n = 0; n < LOOKS && service.liveThreads() > 0; n++) {
            world.scheduler.sleep(LOOK_AGAIN);
        }
        if (service.liveThreads() > 0) {
            world.checker.broken("P14", service.liveThreads() + " threads outlive the migration");
        }
    }
}
