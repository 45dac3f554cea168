package dev.crossfade.samples.quickstart.status;

import java.io.PrintStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Prints a status line each second until closed, in a daemon thread of its own. */
public final class StatusPrinter implements AutoCloseable {
    private final Supplier<StatusLine> status;
    private final PrintStream out;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "status");
        thread.setDaemon(true);
        return thread;
    });

    public StatusPrinter(Supplier<StatusLine> status, PrintStream out) {
        this.status = status;
        this.out = out;
    }

    public void start() {
        ScheduledFuture<?> unused = clock.scheduleAtFixedRate(this::print, 1, 1, TimeUnit.SECONDS);
    }

    private void print() {
        try {
            out.println(status.get().text());
        } catch (RuntimeException e) {
            // One failed look must not end the display.
            out.println("no status: " + e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
