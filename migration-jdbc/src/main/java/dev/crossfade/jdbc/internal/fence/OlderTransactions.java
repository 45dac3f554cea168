package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.HiddenTransactions;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Platform;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Proves, before the dual write begins, that every transaction has ended which was open in the legacy database when the
 * move was asked for. One of an instance without the library, whose process may be long gone, could commit a row later that
 * no ledger and no copy knows of. Transactions that begin later write through the migration: that is what the operator has
 * stated before. Writers do not wait for it.
 */
final class OlderTransactions {
    /** So long a database is asked for its list at least. */
    private static final Duration TO_BE_LISTED = Duration.ofSeconds(2);

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
            long began = platform.nanoTime();
            Optional<Map<String, String>> first = open(legacy);
            while (first.isEmpty() && platform.nanoTime() - began < longer(patience, TO_BE_LISTED)) {
                pause(legacy);
                first = open(legacy);
            }
            if (first.isEmpty()) {
                return List.of(
                        "the open transactions of " + legacy.name() + " cannot be told: someone reads their list "
                                + "again and again, and the database does not renew it meanwhile; have that pause and ask again");
            }
            Older older = new Older(first.get());
            while (!older.left().isEmpty() && platform.nanoTime() - began < patience.toNanos()) {
                pause(legacy);
                open(legacy).ifPresent(older::look);
            }
            return older.left().stream()
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

    private static long longer(Duration one, Duration other) {
        return Math.max(one.toNanos(), other.toNanos());
    }

    /** Of no fixed length: two that ask in turn would keep the list from being renewed. */
    private void pause(Site site) throws InterruptedException, SQLException {
        Duration least = site.tables().dialect().pauseBetweenLists();
        pause.await(() -> false, least.plusNanos(ThreadLocalRandom.current().nextLong(least.toNanos())));
    }

    private static Optional<Map<String, String>> open(Site site) throws SQLException {
        return site.own((connection, tables) -> tables.dialect().openTransactions(connection));
    }

    /** The transactions that were open at the first look and are not known to have ended. */
    static final class Older {
        private final Map<String, String> older;
        private Map<String, String> before;

        /** @param first what was open at the first look, in words by name */
        Older(Map<String, String> first) {
            this.older = new HashMap<>(first);
            this.before = first;
        }

        /**
         * Drops those that have ended. One that has vanished may have been prepared for a commit in two phases, and left
         * its session: a prepared one that has come up meanwhile stands for it until that has ended too.
         */
        void look(Map<String, String> now) {
            if (!now.keySet().containsAll(older.keySet())) {
                now.forEach((name, told) -> {
                    if (name.startsWith(Dialect.DETACHED) && !before.containsKey(name)) {
                        older.put(name, told);
                    }
                });
            }
            older.keySet().retainAll(now.keySet());
            older.replaceAll((name, told) -> now.getOrDefault(name, told));
            before = now;
        }

        /** In words for an operator. */
        Collection<String> left() {
            return older.values();
        }
    }
}
