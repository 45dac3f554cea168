package dev.crossfade.jdbc.kill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A parent's handle on a child JVM. */
final class Child {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final String writer;
    private final Process process;
    private final Writer commands;
    private final Path errors;

    /** Guarded by {@code this}. */
    private boolean ready;

    /** Guarded by {@code this}. */
    private long steps;

    /** Guarded by {@code this}. */
    private boolean silent;

    private Child(String writer, Process process, Path errors) {
        this.writer = writer;
        this.process = process;
        this.commands = process.outputWriter();
        this.errors = errors;
    }

    /** Starts a child that connects and waits to be told to work. */
    static Child start(Path directory, String writer, long seed, Class<? extends Workload> workload, List<String> own)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                ChildMain.class.getName(),
                workload.getName(),
                writer,
                log(directory, writer).toString(),
                String.valueOf(seed)));
        command.addAll(own);
        Path errors = directory.resolve(writer + ".err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Child child = new Child(writer, builder.start(), errors);
        Thread reader = new Thread(child::listen, "output of " + writer);
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    /** Where a child of this name keeps its operation log. */
    static Path log(Path directory, String writer) {
        return directory.resolve(writer);
    }

    private void listen() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                heard(line);
            }
        } catch (IOException e) {
            // A killed child's pipe breaks.
        }
        heard(null);
    }

    private synchronized void heard(@Nullable String line) {
        ready |= "ready".equals(line);
        steps += "step".equals(line) ? 1 : 0;
        silent |= line == null;
        notifyAll();
    }

    String writer() {
        return writer;
    }

    synchronized long steps() {
        return steps;
    }

    synchronized void awaitReady() throws InterruptedException {
        await("be ready", () -> ready);
    }

    /** Waits until it has taken this many steps in all. */
    synchronized void awaitSteps(long count) throws InterruptedException {
        await("take " + count + " steps", () -> steps >= count);
    }

    private interface Condition {
        boolean holds();
    }

    /** Caller holds {@code this}. */
    private void await(String what, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            long left = deadline - System.nanoTime();
            if (silent || left <= 0) {
                throw new IllegalStateException(
                        "Child " + writer + " did not " + what + ", after " + steps + " steps; it said:\n" + errors());
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    void work() throws IOException {
        tell("work");
    }

    void crashAt(CrashPoint point) throws IOException {
        tell("crash " + point.label());
    }

    private void tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Closes the child's input, which is what it sees when its parent dies. */
    void abandon() throws IOException {
        commands.close();
    }

    /** Waits for it to end its step and exit. */
    void stop() throws IOException, InterruptedException {
        tell("stop");
        int code = awaitExit();
        if (code != 0) {
            throw new IllegalStateException("Child " + writer + " ended with " + code + "; it said:\n" + errors());
        }
    }

    boolean exitsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("Child " + writer + " does not end; it said:\n" + errors());
        }
        return process.exitValue();
    }

    private String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
