package dev.crossfade.jdbc.kill;

import dev.crossfade.jdbc.checker.History;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Keeps some children at work and one more warm, and kills one after the other: each round by SIGKILL at a random time or at
 * a crash point, whereupon the warm one takes over. For one thread.
 */
public final class KillLoop implements AutoCloseable {
    private static final int MOST_STEPS_BETWEEN_KILLS = 20;
    private static final int MOST_NANOS_INTO_A_STEP = 5_000_000;
    private static final Duration A_MOMENT = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path directory;
    private final Class<? extends Workload> workload;
    private final List<String> arguments;
    private final List<CrashPoint> crashPoints;
    private final SplittableRandom random;
    private final List<Child> workers = new ArrayList<>();
    private final List<String> writers = new ArrayList<>();
    private final List<CrashPoint> pointsLeft = new ArrayList<>();
    private Child spare;

    /**
     * Starts the children.
     *
     * @param directory for the children's logs; empty
     * @param arguments what the workload gets
     * @param crashPoints those that the workload passes in every step or so; a round in two uses one if there are any
     */
    public KillLoop(
            Path directory,
            Class<? extends Workload> workload,
            List<String> arguments,
            List<CrashPoint> crashPoints,
            int instances,
            long seed)
            throws IOException, InterruptedException {
        this.directory = directory;
        this.workload = workload;
        this.arguments = List.copyOf(arguments);
        this.crashPoints = List.copyOf(crashPoints);
        this.random = new SplittableRandom(seed);
        this.spare = startChild();
        for (int i = 0; i < instances; i++) {
            workers.add(takeSpare());
        }
    }

    /** Kills this many children. */
    public void run(int rounds) throws IOException, InterruptedException {
        for (int round = 0; round < rounds; round++) {
            killOne(() -> true);
        }
    }

    /**
     * Kills a child that has done some work since the last kill.
     *
     * @param passes whether the workload still passes its crash points; a child that waits for one is killed when it does not
     */
    public void killOne(BooleanSupplier passes) throws IOException, InterruptedException {
        int place = random.nextInt(workers.size());
        Child victim = workers.get(place);
        victim.awaitSteps(victim.steps() + random.nextInt(1, MOST_STEPS_BETWEEN_KILLS + 1));
        if (crashPoints.isEmpty() || random.nextBoolean()) {
            LockSupport.parkNanos(random.nextInt(MOST_NANOS_INTO_A_STEP));
            victim.kill();
        } else {
            crash(victim, nextPoint(), passes);
        }
        workers.set(place, takeSpare());
    }

    /** By chance, and each has had its turn before one comes again. */
    private CrashPoint nextPoint() {
        if (pointsLeft.isEmpty()) {
            pointsLeft.addAll(crashPoints);
        }
        return pointsLeft.remove(random.nextInt(pointsLeft.size()));
    }

    private static void crash(Child victim, CrashPoint point, BooleanSupplier passes)
            throws IOException, InterruptedException {
        victim.crashAt(point);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (passes.getAsBoolean() && System.nanoTime() < deadline) {
            if (victim.exitsWithin(A_MOMENT)) {
                requireDied(victim, point);
                return;
            }
        }
        if (passes.getAsBoolean()) {
            throw new IllegalStateException("Child " + victim.writer() + " does not come to " + point.label());
        }
        victim.kill();
    }

    private static void requireDied(Child victim, CrashPoint point) throws InterruptedException {
        int code = victim.awaitExit();
        if (code != point.exitCode()) {
            throw new IllegalStateException(
                    "Child " + victim.writer() + " ended with " + code + " instead of dying at " + point.label());
        }
    }

    private Child takeSpare() throws IOException, InterruptedException {
        Child next = spare;
        next.awaitReady();
        next.work();
        spare = startChild();
        return next;
    }

    private Child startChild() throws IOException {
        String writer = "writer-" + (writers.size() + 1);
        writers.add(writer);
        return Child.start(directory, writer, random.nextLong(), workload, arguments);
    }

    /** Lets every child end its step and exit, so that the stores come to rest. */
    public void stop() throws IOException, InterruptedException {
        spare.awaitReady();
        for (Child child : children()) {
            child.stop();
        }
    }

    private List<Child> children() {
        List<Child> children = new ArrayList<>(workers);
        children.add(spare);
        return children;
    }

    /** What all children, dead and alive, have logged. */
    public History history() throws IOException {
        return History.read(logs());
    }

    /** The logs of all children, dead and alive. */
    public List<Path> logs() {
        return writers.stream().map(writer -> Child.log(directory, writer)).toList();
    }

    /** Kills what is still running. */
    @Override
    public void close() {
        for (Child child : children()) {
            child.kill();
        }
    }
}
