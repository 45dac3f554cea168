package dev.crossfade.samples.quickstart.service;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An instance of the service in a JVM of its own, as seen by the process that commands it. What it logs is printed with
 * its name before it. Safe for use by many threads.
 */
public final class ServiceProcess implements AutoCloseable {
    /** More than any command takes, the copy on a busy machine included. */
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    private static final Pattern ANSWER = Pattern.compile("(\\d{1,9}) (ok|failed) (.*)");
    private static final Duration DEATH = Duration.ofSeconds(60);

    private final ServiceSettings settings;
    private final Process process;
    private final PrintStream requests;
    private final JsonMapper json = JsonMapper.builder().build();
    private final AtomicInteger asked = new AtomicInteger(ServiceMain.OPEN);
    private final Map<Integer, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();
    private final CompletableFuture<String> open = new CompletableFuture<>();
    private volatile @Nullable Report lastReport;
    private volatile boolean ended;

    private ServiceProcess(ServiceSettings settings, Process process) {
        this.settings = settings;
        this.process = process;
        this.requests = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        waiting.put(ServiceMain.OPEN, open);
    }

    /** Starts the process and does not wait until it is open. */
    public static ServiceProcess start(ServiceSettings settings, PrintStream out) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                // Three JVMs that live for a minute share the machine: light compilation and collection cost least.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                ServiceMain.class.getName()));
        command.addAll(settings.arguments());
        ProcessBuilder builder = new ProcessBuilder(command);
        // Not an argument, for which it may be too long.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        ServiceProcess started = new ServiceProcess(settings, builder.start());
        started.read("answers-of-", started.process.getInputStream(), line -> started.take(line, out), started::end);
        started.read(
                "log-of-",
                started.process.getErrorStream(),
                line -> out.println(settings.name() + " " + line),
                () -> {});
        return started;
    }

    private interface LineReader {
        void read(String line);
    }

    private void read(String name, InputStream from, LineReader reader, Runnable atEnd) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            reader.read(line);
                        }
                    } catch (IOException closed) {
                        // The process was killed; what it was still asked fails below.
                    } finally {
                        atEnd.run();
                    }
                },
                name + settings.name());
        thread.setDaemon(true);
        thread.start();
    }

    private void take(String line, PrintStream out) {
        Matcher answer = ANSWER.matcher(line);
        if (!answer.matches()) {
            // A warning of the JVM itself.
            out.println(name() + " " + line);
            return;
        }
        CompletableFuture<String> asker = waiting.remove(Integer.parseInt(answer.group(1)));
        if (asker != null && answer.group(2).equals("ok")) {
            asker.complete(answer.group(3));
        } else if (asker != null) {
            asker.completeExceptionally(new IllegalStateException(answer.group(3)));
        }
    }

    private void end() {
        ended = true;
        waiting.values().forEach(asker -> asker.completeExceptionally(new IllegalStateException("it has ended")));
    }

    /** The settings it was started with. */
    public ServiceSettings settings() {
        return settings;
    }

    /** The name of the instance. */
    public String name() {
        return settings.name();
    }

    /** Returns when the instance has joined the migration and its callers call. */
    public void awaitOpen() throws InterruptedException {
        answer("open", open, String.class);
    }

    /** Whether it can be asked anything. */
    public boolean isAlive() {
        return !ended;
    }

    /** The process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Has a command carried out and returns when it is. */
    public void tell(String command, Object argument) throws InterruptedException {
        ask(command, argument, String.class);
    }

    /**
     * Has a command carried out.
     *
     * @return its answer
     * @throws IllegalStateException if the command failed, or the process ends before it answers
     */
    public <T> T ask(String command, Object argument, Class<T> type) throws InterruptedException {
        int number = asked.incrementAndGet();
        CompletableFuture<String> answer = new CompletableFuture<>();
        waiting.put(number, answer);
        requests.println(number + " " + command + " " + argument);
        if (ended) {
            end();
        }
        return answer(command, answer, type);
    }

    private <T> T answer(String command, CompletableFuture<String> answer, Class<T> type) throws InterruptedException {
        try {
            return json.readValue(answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), type);
        } catch (ExecutionException | TimeoutException | IOException e) {
            throw new IllegalStateException("Instance " + name() + " did not carry out '" + command + "'", e);
        }
    }

    /** How it stands now; when it cannot be asked any more, how it stood last. Empty before it was open. */
    public Optional<Report> report() throws InterruptedException {
        if (isAlive() && open.isDone()) {
            try {
                lastReport = ask("report", "", Report.class);
            } catch (IllegalStateException killed) {
                if (isAlive()) {
                    throw killed;
                }
            }
        }
        return Optional.ofNullable(lastReport);
    }

    /** Kills it in the middle of whatever it does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitDeath();
    }

    /** Has it end in good order: its callers first, then the migration. */
    public void closeInOrder() throws InterruptedException {
        tell("end-traffic", "");
        report();
        tell("close", "");
        awaitDeath();
    }

    private void awaitDeath() throws InterruptedException {
        if (!process.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("Instance " + name() + " does not end");
        }
        end();
    }

    /** Commands it no more, as when this process dies; it ends by itself then. */
    void abandon() {
        requests.close();
    }

    /** Leaves no process behind. */
    @Override
    public void close() {
        abandon();
        process.destroyForcibly();
    }
}
