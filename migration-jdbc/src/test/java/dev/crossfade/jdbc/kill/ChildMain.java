package dev.crossfade.jdbc.kill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/**
 * A child JVM. It says {@code ready} when it has connected, and {@code step} after each step it has taken. It is told
 * {@code work} to begin, {@code crash <point>} to die there, and {@code stop} to end after its step. It dies with its parent.
 *
 * <p>Arguments: the workload's class, this life's name, its operation log, its seed, and the workload's own.
 */
final class ChildMain {
    static final int ORPHANED = 3;

    private final CrashPoints crashPoints = new CrashPoints();
    private final CountDownLatch told = new CountDownLatch(1);
    private volatile boolean stopped;

    private ChildMain() {}

    public static void main(String[] arguments) throws Exception {
        new ChildMain().run(List.of(arguments));
    }

    private void run(List<String> arguments) throws Exception {
        String writer = arguments.get(1);
        try (OperationLog log = OperationLog.create(Path.of(arguments.get(2)));
                Workload workload = workload(
                        arguments.get(0),
                        new Workload.Context(writer, log, crashPoints, arguments.subList(4, arguments.size())))) {
            SplittableRandom random = new SplittableRandom(Long.parseLong(arguments.get(3)));
            Thread listener = new Thread(this::listen, "commands");
            listener.setDaemon(true);
            listener.start();
            System.out.println("ready");
            told.await();
            while (!stopped) {
                workload.step(random);
                System.out.println("step");
            }
        }
    }

    private static Workload workload(String className, Workload.Context context) throws ReflectiveOperationException {
        return Class.forName(className)
                .asSubclass(Workload.class)
                .getConstructor(Workload.Context.class)
                .newInstance(context);
    }

    private void listen() {
        try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                obey(command);
            }
        } catch (IOException e) {
            // As if the input had ended.
        }
        Runtime.getRuntime().halt(ORPHANED);
    }

    private void obey(String command) {
        if (command.startsWith("crash ")) {
            crashPoints.arm(CrashPoint.named(command.substring("crash ".length())));
        } else if (command.equals("stop")) {
            stopped = true;
            told.countDown();
        } else if (command.equals("work")) {
            told.countDown();
        } else {
            throw new IllegalArgumentException("No such command: " + command);
        }
    }
}
