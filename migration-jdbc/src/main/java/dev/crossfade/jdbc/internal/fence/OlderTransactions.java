package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.HiddenTransactions;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Platform;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Proves, before the dual write begins, that every transaction has ended which was open in the legacy database when the
 * move was asked for. One of an instance without the library, whose process may be long gone, could commit a row later that
 * no ledger and no copy knows of. Transactions that begin later write through the migration: that is what the operator has
 * stated before. Writers do not wait for it.
 */
final class OlderTransactions {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Platform platform;
    private final Duration patience;
    private final Platform.Signal pause;

    /** @param patience how long they are given to end; then the move is refused and names them */
    OlderTransactions(Platform platform, Duration patience) {
        this.platform = platform;
        this.patience = patience;
        this.pause = platform.newSignal();
    }

    /** What speaks against the entry; empty once all of them have ended. */
    List<String> against(Site legacy) throws InterruptedException {
        try {
            Duration age = legacy.tables().dialect().ageOfOpenTransactions();
            Duration lookAgain = LOOK_AGAIN.plus(age);
            Map<String, String> older = new HashMap<>(open(legacy));
            if (!age.isZero()) {
                // What was open when this was called and was not shown yet is shown now.
                pause.await(() -> false, lookAgain);
                older.putAll(open(legacy));
            }
            long deadline = platform.nanoTime() + patience.toNanos();
            while (!older.isEmpty() && platform.nanoTime() - deadline < 0) {
                pause.await(() -> false, lookAgain);
                Map<String, String> now = open(legacy);
                older.keySet().retainAll(now.keySet());
                older.replaceAll((name, told) -> now.getOrDefault(name, told));
            }
            return older.values().stream()
                    .sorted()
                    .map(told ->
                            told + " of " + legacy.name() + " has a transaction open that is older than the move, and "
                                    + "what it may commit yet nobody would copy; end it, or wait for it, and ask again")
                    .toList();
        } catch (HiddenTransactions hidden) {
            return List.of("whether transactions older than the move have ended cannot be told: the user of "
                    + legacy.name() + " lacks " + hidden.missingRight()
                    + "; give it to the user, or have an instance move the stage whose user has it");
        } catch (SQLException failure) {
            return List.of("the open transactions of " + legacy.name() + " cannot be listed ("
                    + FailureSummary.of(failure) + "); wait until that database answers");
        }
    }

    private static Map<String, String> open(Site site) throws SQLException {
        return site.own((connection, tables) -> tables.dialect().openTransactions(connection));
    }
}
