package dev.crossfade.jdbc.internal.ledger;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.Side;
import dev.crossfade.internal.memory.InMemoryLedger;
import dev.crossfade.jdbc.internal.fence.AheadKeys;
import dev.crossfade.jdbc.internal.fence.JdbcFence;
import dev.crossfade.jdbc.internal.fence.Stripes;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.site.Site.SqlWork;
import dev.crossfade.jdbc.internal.sql.AmbiguousCommit;
import dev.crossfade.jdbc.internal.sql.Applied;
import dev.crossfade.jdbc.internal.sql.ChangedKeys;
import dev.crossfade.jdbc.internal.sql.LedgerTable;
import dev.crossfade.jdbc.internal.sql.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.LedgerStatus;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger in the primary's database, with the keys that concern this process kept in memory beside it.
 *
 * <p>The database alone says what is true: a version is raised in the transaction of the write, the secondary is written
 * only under its own version of the key, and a key is clean once the row says so. The memory says what this process should
 * refresh next, what it waits for, and which keys it must not read from the secondary; it is rebuilt from the database and
 * may be lost.
 */
public final class JdbcLedger implements Ledger {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    /** So many keys are marked in one transaction. */
    private static final int MARKS_AT_ONCE = 1_000;

    private final String migration;
    private final Platform platform;
    private final JdbcFence fence;
    private final Site legacy;
    private final Site next;
    private final InMemoryLedger memory;
    private final int capacity;
    private final BacklogFeed feed;
    private final Capture capture;

    public JdbcLedger(
            String migration,
            Platform platform,
            JdbcFence fence,
            Site legacy,
            Site next,
            int capacity,
            int maxAttempts,
            String instance) {
        this.migration = migration;
        this.platform = platform;
        this.fence = fence;
        this.legacy = legacy;
        this.next = next;
        this.capacity = capacity;
        this.memory = InMemoryLedger.ofDirtyKeys(platform, capacity, maxAttempts);
        this.capture = new Capture(migration, fence);
        this.feed = new BacklogFeed(migration, platform, fence, memory, this::primary, capacity, instance);
    }

    /** Brings the keys in from the database that nobody else refreshes. */
    public BacklogFeed feed() {
        return feed;
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    private Site primary() {
        return site(fence.view().stage().primary());
    }

    @Override
    public void capture(FenceView pinned, Collection<Touch> touches, int untracked) throws SQLException {
        capture.beforeCommit(site(pinned.stage().primary()), pinned.epoch(), touches, untracked);
    }

    @Override
    public Version record(Collection<Touch> touches) {
        long before = memory.untracked();
        Version version = memory.record(touches);
        if (memory.untracked() != before) {
            feed.overflowed();
        }
        return version;
    }

    @Override
    public int mark(long epoch, List<EntityKey> keys) {
        int room = Math.min(MARKS_AT_ONCE, Math.max(1, capacity / 2) - memory.dirtyCount());
        if (room <= 0) {
            return 0;
        }
        List<EntityKey> some = keys.subList(0, Math.min(room, keys.size()));
        Site primary = primary();
        OptionalInt marked = sql(
                primary,
                "mark keys",
                (connection, tables) ->
                        tables.ledger().mark(connection, Stripes.ofThisThread(), epoch, List.copyOf(some)));
        if (marked.isEmpty()) {
            throw new PhaseMovedException(
                    migration, "the fence has left epoch " + epoch + ". Nothing was marked. Begin again.");
        }
        if (memory.mark(epoch, some) < some.size()) {
            feed.overflowed();
        }
        return some.size();
    }

    @Override
    public boolean isDirty(EntityKey key) {
        return feed.hasOverflowed() || memory.isDirty(key);
    }

    @Override
    public boolean isDirtyUpTo(EntityKey key, Version version) {
        return memory.isDirtyUpTo(key, version);
    }

    @Override
    public @Nullable Object cleanState(Set<EntityKey> keys) {
        if (keys.stream().anyMatch(this::isDirty)) {
            return null;
        }
        try {
            return primary()
                    .own((connection, tables) -> cleanState(connection, tables.ledger(), keys))
                    .orElse(null);
        } catch (SQLException failure) {
            log.debug(
                    "{} - the ledger could not be asked about a difference ({})",
                    migration,
                    FailureSummary.of(failure));
            return null;
        }
    }

    private static Optional<Object> cleanState(Connection connection, LedgerTable ledger, Set<EntityKey> keys)
            throws SQLException {
        if (keys.isEmpty()) {
            return ledger.isSettled(connection) ? Optional.of(ledger.sumOfCounters(connection)) : Optional.empty();
        }
        Map<EntityKey, Row> rows = ledger.rows(connection, keys);
        return rows.values().stream().anyMatch(Row::pending) ? Optional.empty() : Optional.of(rows);
    }

    @Override
    public Map<EntityKey, Pending> pending(Collection<EntityKey> keys) {
        // Memory first: what it holds then is at most as new as what the database says.
        Map<EntityKey, Pending> known = memory.pending(keys);
        long now = platform.nanoTime();
        Site primary = primary();
        Map<EntityKey, Row> rows;
        try {
            rows = primary.tables().ledger().rows(primary.transactions().connection(), keys);
        } catch (SQLException failure) {
            throw failed("read versions", primary, failure);
        }
        Map<EntityKey, Pending> pending = new HashMap<>();
        Map<EntityKey, Pending> clean = new HashMap<>();
        for (EntityKey key : keys) {
            Row row = rows.get(key);
            Pending inMemory = known.get(key);
            if (row != null && row.held()) {
                // Left out, so that no refresh goes on; a person sees it in the database's list.
                memory.park(key, AheadKeys.REASON);
            } else if (row != null && row.pending()) {
                Version noted = inMemory == null ? new Version(0, 0) : inMemory.noted();
                boolean parked = inMemory != null && inMemory.isParked();
                pending.put(key, new Pending(row.effective(), noted, row.change(), parked, now));
            } else if (inMemory != null) {
                clean.put(key, inMemory);
            }
        }
        if (!clean.isEmpty()) {
            memory.synced(clean);
        }
        return pending;
    }

    @Override
    public boolean hasFailed(EntityKey key) {
        return memory.hasFailed(key);
    }

    @Override
    public Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable {
        Site secondary = site(fence.view().stage().primary().other());
        Map<EntityKey, Applied> versions = new HashMap<>();
        seen.forEach((key, pending) -> versions.put(key, new Applied(pending.version(), pending.change())));
        LedgerTable ledger = secondary.tables().ledger();
        boolean[] admitted = {true};
        secondary.transactions().refresh(() -> {
            Connection connection = secondary.transactions().connection();
            Set<EntityKey> behind = ledger.raiseTo(connection, Stripes.ofThisThread(), epoch, versions)
                    .orElse(null);
            if (behind == null) {
                admitted[0] = false;
            } else if (!behind.isEmpty()) {
                write.run(behind);
            }
            return true;
        });
        return admitted[0] ? seen.keySet() : Set.of();
    }

    @Override
    public Set<EntityKey> synced(Map<EntityKey, Pending> seen) {
        Map<EntityKey, Version> versions = new HashMap<>();
        seen.forEach((key, pending) -> versions.put(key, pending.version()));
        long now = platform.nanoTime();
        Duration ago = Duration.ofNanos(seen.values().stream()
                .mapToLong(pending -> now - pending.seenAt())
                .max()
                .orElse(0));
        Set<EntityKey> missed = acknowledge(versions, ago);
        if (missed.isEmpty()) {
            return memory.synced(seen);
        }
        memory.reached(of(seen, missed::contains));
        memory.synced(of(seen, key -> !missed.contains(key)));
        return missed;
    }

    /** Returns the keys of which the primary could not take note, because their row is locked or it does not answer. */
    private Set<EntityKey> acknowledge(Map<EntityKey, Version> versions, Duration ago) {
        Site primary = primary();
        try {
            return primary.ownWithoutWaiting(
                    (connection, tables) -> tables.ledger().acknowledge(connection, versions, ago));
        } catch (SQLException failure) {
            log.debug(
                    "{} - {} could not take note of refreshed keys ({})",
                    migration,
                    primary.name(),
                    FailureSummary.of(failure));
            return versions.keySet();
        }
    }

    private static Map<EntityKey, Pending> of(Map<EntityKey, Pending> seen, Predicate<EntityKey> which) {
        Map<EntityKey, Pending> some = new HashMap<>(seen);
        some.keySet().removeIf(which.negate());
        return some;
    }

    @Override
    public List<EntityKey> take(int max) {
        return memory.take(max);
    }

    @Override
    public void giveBack(EntityKey key) {
        memory.giveBack(key);
    }

    @Override
    public boolean failed(EntityKey key, @Nullable Pending tried, String reason, boolean counted) {
        boolean parked = memory.failed(key, tried, reason, counted);
        if (parked && tried != null) {
            Site primary = primary();
            try {
                primary.own((connection, tables) -> {
                    Row row = tables.ledger().rows(connection, List.of(key)).get(key);
                    boolean stays =
                            row != null && !row.held() && row.effective().equals(tried.version());
                    if (stays) {
                        tables.failures().park(connection, key, tried.version(), memory.attempts(key), reason);
                    }
                    return stays;
                });
            } catch (SQLException failure) {
                log.warn(
                        "{} - that {} is parked could not be noted in {} ({}); other instances go on trying it",
                        migration,
                        key,
                        primary.name(),
                        FailureSummary.of(failure));
            }
            feed.lookAgain();
        }
        return parked;
    }

    @Override
    public List<EntityKey> refused(String entity, int max) {
        return memory.refused(entity, max);
    }

    @Override
    public void hurry() {
        memory.hurry();
        feed.lookAgain();
    }

    @Override
    public long nanosUntilDue() {
        return memory.nanosUntilDue();
    }

    @Override
    public List<ParkedKey> parked(int max) {
        return sql(
                primary(),
                "list parked keys",
                (connection, tables) -> tables.failures().parked(connection, max));
    }

    @Override
    public int retry(Collection<EntityKey> keys, Operator operator) {
        FenceView view = fence.view();
        int retried = sql(site(view.stage().primary()), "retry keys", (connection, tables) -> {
            int parked = tables.failures().retry(connection, keys);
            tables.books().audit(connection, deed("retry", view, operator, parked + " parked keys are tried again"));
            return parked;
        });
        memory.retry(keys, operator);
        feed.lookAgain();
        return retried;
    }

    @Override
    public List<EntityKey> discard(Collection<EntityKey> keys, Operator operator) {
        FenceView view = fence.view();
        List<EntityKey> discarded = sql(site(view.stage().primary()), "discard keys", (connection, tables) -> {
            List<EntityKey> parked = tables.failures().discard(connection, keys);
            tables.books().audit(connection, deed("discard", view, operator, parked.size() + " keys are forgotten"));
            return parked;
        });
        memory.discard(discarded, operator);
        feed.lookAgain();
        return discarded;
    }

    private static Deed deed(String what, FenceView view, Operator operator, String outcome) {
        return new Deed(what, view.stage(), view.stage(), view.epoch(), operator, outcome);
    }

    /**
     * The database begins anew by its generation; only what this process knows is forgotten. Should the move fail after
     * that, keys are dirty that it knows no more: every key may be one of them until they have been brought in.
     */
    @Override
    public void clear(long generation) {
        feed.overflowed();
        memory.clear(generation);
        // Once more: the feed may have brought keys in meanwhile that are forgotten now.
        feed.overflowed();
    }

    @Override
    public boolean settle(Duration timeout) throws InterruptedException {
        return feed.settle(timeout);
    }

    @Override
    public int dirtyCount() {
        return feed.hasOverflowed() ? Math.max(1, memory.dirtyCount()) : memory.dirtyCount();
    }

    @Override
    public boolean isDrained() {
        return !feed.hasOverflowed() && memory.isDrained();
    }

    @Override
    public LedgerStatus status() {
        return feed.status();
    }

    @Override
    public Platform.Signal progress() {
        return memory.progress();
    }

    @Override
    public boolean isSettledThrough(Version version) {
        return !feed.hasOverflowed() && memory.isSettledThrough(version);
    }

    @Override
    public Version lastVersion() {
        return memory.lastVersion();
    }

    /** Never: a write that does not tell its key is rolled back. */
    @Override
    public void lostTrack(int writes) {}

    @Override
    public long untracked() {
        return 0;
    }

    @Override
    public Optional<Changed> changed(String entity, Instant since, @Nullable EntityKey after, int max) {
        String what = "look for written keys";
        Optional<ChangedKeys> onLegacy = sql(
                legacy,
                what,
                (connection, tables) -> tables.books()
                                .enteredAt(connection)
                                .filter(entered -> !since.isBefore(entered))
                                .isPresent()
                        ? Optional.of(tables.pages().changed(connection, entity, since, after, max))
                        : Optional.empty());
        return onLegacy.map(changed -> sql(
                next,
                what,
                (connection, tables) -> tables.pages()
                        .both(entity, changed, tables.pages().changed(connection, entity, since, after, max))));
    }

    private <T> T sql(Site site, String what, SqlWork<T> work) {
        try {
            return site.own(work);
        } catch (SQLException failure) {
            throw failed(what, site, failure);
        }
    }

    private MigrationException failed(String what, Site site, SQLException failure) {
        return new MigrationException(
                migration,
                "could not " + what + " on " + site.name() + " (" + FailureSummary.of(failure) + "). "
                        + (failure instanceof AmbiguousCommit
                                ? "It may have been done all the same, and no harm comes of doing it twice."
                                : "Nothing was changed.")
                        + " Try again when that database answers.",
                failure);
    }
}
