package dev.crossfade.samples.quickstart.status;

import dev.crossfade.backfill.BackfillStatus;
import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * How a backfill stands, as one line of text: on a terminal it is written over each time, elsewhere there is a new one each
 * second. For one thread.
 */
public final class ProgressBar {
    private static final int WIDTH = 24;
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

    /** Whoever prints next prints over the bar; what is longer than that is erased. */
    private static final String END_OF_BAR = "\u001b[K\r";

    private final PrintStream out;
    private final boolean terminal;
    private long lineAt = System.nanoTime();

    public ProgressBar(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether what this process prints is seen on a terminal. */
    @SuppressWarnings("SystemConsoleNull") // Newer JVMs, where it is not null, are asked further.
    public static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException unknown) {
            return false;
        }
    }

    /** Shows it as it stands now. */
    public void show(BackfillStatus status) {
        if (terminal) {
            out.print(text(status) + (status.state().isEnd() ? "\u001b[K\n" : END_OF_BAR));
            out.flush();
        } else if (status.state().isEnd() || System.nanoTime() - lineAt >= BETWEEN_LINES.toNanos()) {
            lineAt = System.nanoTime();
            out.println(text(status));
        }
    }

    static String text(BackfillStatus status) {
        double percent = Objects.requireNonNullElse(status.percent(), 0.0);
        int full = (int) (WIDTH * percent / 100);
        Duration remaining = status.remaining();
        return String.format(
                Locale.ROOT,
                "[%s%s] %5.1f %%  %d rows  %.0f rows/s  %s  brake %s  refused %d",
                "=".repeat(full),
                " ".repeat(WIDTH - full),
                percent,
                status.rows(),
                status.rowsPerSecond(),
                remaining == null ? status.state().toString() : remaining.toSeconds() + " s to go",
                status.brake(),
                status.refused());
    }
}
