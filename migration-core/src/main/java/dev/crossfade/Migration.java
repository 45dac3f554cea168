package dev.crossfade;

import dev.crossfade.backfill.Backfill;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.Closed;
import dev.crossfade.event.MigrationEvent.Started;
import dev.crossfade.internal.view.Context;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.ManagedTransactions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves repositories from one store to another while the service runs.
 *
 * <p>{@link #of} describes a migration, {@link #start} sets it to work, {@link #repository} gives what the service calls
 * in place of its own repositories. One migration holds the repositories that are written in the same transactions; they
 * move together. All methods may be called by any thread.
 */
public final class Migration implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private enum Life {
        BUILT,
        STARTED,
        CLOSED
    }

    private final Context context;
    private final Engine engine;
    private final Map<Class<?>, Object> proxies;
    private final MigrationPlan plan;
    private final Duration closeTimeout;
    /** One of start and close at a time: what the one makes, the other ends. */
    private final Object lifecycle = new Object();

    private final AtomicReference<Life> life = new AtomicReference<>(Life.BUILT);

    Migration(
            Context context, Engine engine, Map<Class<?>, Object> proxies, MigrationPlan plan, Duration closeTimeout) {
        this.context = context;
        this.engine = engine;
        this.proxies = proxies;
        this.plan = plan;
        this.closeTimeout = closeTimeout;
    }

    /**
     * Begins the description of a migration.
     *
     * @param name 1 to 64 letters, digits, dots, dashes and underscores; names the flags, the meters and, unless a salt is
     *             set, decides which keys move first. It must not change while the migration lasts
     */
    public static MigrationBuilder of(String name) {
        return new MigrationBuilder(name);
    }

    /** The migration's name. */
    public String name() {
        return context.migration();
    }

    /**
     * Sets the migration to work: takes the first settings of the control, starts the relay. Waits up to two seconds for
     * the control.
     *
     * @return this migration
     * @throws MigrationException if it was started or closed before
     */
    public Migration start() {
        if (!life.compareAndSet(Life.BUILT, Life.STARTED)) {
            throw new MigrationException(
                    name(),
                    life.get() == Life.CLOSED
                            ? "start() was called after close(). Nothing was started. Build another migration."
                            : "start() was called twice. The first call stands; remove the second.");
        }
        synchronized (lifecycle) {
            try {
                engine.start();
            } catch (RuntimeException | Error failure) {
                close();
                throw failure;
            }
        }
        FenceView fence = context.fence().view();
        log.info("{} - started in {} at epoch {}", name(), fence.stage(), fence.epoch());
        context.events().publish(new Started(name(), fence.stage(), fence.epoch()));
        return this;
    }

    /**
     * What the service calls in place of its own repository. The same object each time; may be handed out before {@link
     * #start}, and refuses to write until then.
     *
     * @throws IllegalArgumentException if this migration has no such repository
     */
    public <R> R repository(Class<R> type) {
        Object proxy = proxies.get(type);
        if (proxy == null) {
            throw new IllegalArgumentException(
                    "Migration '" + name() + "' has no repository " + type.getName() + "; it has "
                            + proxies.keySet().stream()
                                    .map(Class::getSimpleName)
                                    .sorted()
                                    .toList());
        }
        return type.cast(proxy);
    }

    /** Work in a transaction that returns a value. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, X extends Throwable> {
        /** Does the work. */
        T run() throws X;
    }

    /** Work in a transaction that returns nothing. */
    @FunctionalInterface
    public interface VoidWork<X extends Throwable> {
        /** Does the work. */
        void run() throws X;
    }

    /**
     * Runs work in one transaction of the primary. The library chooses the side; it stays the same to the end, every
     * read inside goes to it, and the primary does not move meanwhile. Joins a transaction that this thread has open.
     *
     * <p>On a plain store every call of a repository commits by itself, and only side and stage are held. A transaction
     * that also changes tables outside the migration is not atomic across a move of the primary.
     *
     * @throws PhaseMovedException if the primary moves and no write could begin within the time; nothing was written
     * @throws X                   what the work throws; the transaction was rolled back
     */
    public <T extends @Nullable Object, X extends Throwable> T inTransaction(Work<T, X> work) throws X {
        return engine.inTransaction(work);
    }

    /** {@link #inTransaction(Work)} for work that returns nothing. */
    public <X extends Throwable> void inTransaction(VoidWork<X> work) throws X {
        engine.inTransaction(() -> {
            work.run();
            return true;
        });
    }

    /** For frameworks that open and end transactions themselves; a service uses {@link #inTransaction}. */
    public ManagedTransactions managedTransactions() {
        return engine.managedTransactions();
    }

    /** What the migration does with each method. */
    public MigrationPlan plan() {
        return plan;
    }

    /** How the migration stands now. Looks at every dirty key; for people and dashboards, not for every request. */
    public MigrationStatus status() {
        return engine.status();
    }

    /** What speaks against a move now: all unmet gates. Empty if it may begin. Changes nothing. */
    public List<String> check(Stage to, Operator operator) {
        return engine.mover().check(to, operator);
    }

    /**
     * Rehearses the way back from a stage with dual write: what {@link #check} says of it and how far the other store is
     * behind. Moves nothing.
     *
     * @throws MigrationException if the stage has no dual write, or a database does not answer
     */
    public WayBack rehearseWayBack(Operator operator) {
        requireStarted();
        return engine.wayBack(operator);
    }

    /**
     * Moves to a neighbouring stage. Where the primary moves, new writes wait while the last dirty keys are drained, for
     * two seconds at most; otherwise for the writes under way only. Whatever the outcome, no write is lost.
     *
     * @throws MigrationException if the migration is not started
     */
    public MoveResult moveTo(Stage to, Operator operator) {
        requireStarted();
        return engine.mover().move(to, operator);
    }

    /**
     * The backfill of a repository: copies the rows that existed before the dual write began and proves that they crossed.
     * The same object each time.
     *
     * @throws MigrationException if the repository's entity declares none
     */
    public Backfill backfill(Class<?> repository) {
        return engine.backfill(engine.entityOf(repository));
    }

    /**
     * The reconciliation of a repository: compares both stores and tells where they differ. The same object each time.
     *
     * @throws MigrationException if the repository's entity declares no backfill, which says how to read the rows
     */
    public Reconciliation reconciliation(Class<?> repository) {
        return engine.reconciliation(engine.entityOf(repository));
    }

    /**
     * Begins a copy of rows by a list of their keys, for stores that cannot read their rows in pages by key; a {@link
     * #backfill} needs no list.
     *
     * @throws MigrationException if the stage has no dual write
     */
    public CopyRun copy(Class<?> repository) {
        requireStarted();
        return new CopyRun(context, engine.entityOf(repository), () -> life.get() == Life.CLOSED);
    }

    /** Keys that could not be applied to the secondary. */
    public ParkedKeys parkedKeys() {
        return new ParkedKeys(context);
    }

    /** Keys on which the stores differ although nothing is on its way between them. */
    public Discrepancies discrepancies() {
        return engine.discrepancies(this::requireStarted);
    }

    /**
     * What was changed by hand or by flag: moves, parked keys, recovery, sessions that were ended. Newest first; empty with
     * fence and ledger in memory. A database that does not answer keeps its part to itself.
     *
     * @param max the most entries, at least 1
     */
    public List<AuditEntry> audit(int max) {
        return engine.audit(max);
    }

    /** What a person does after a failover or a restore of one of the databases; most of it also before {@link #start}. */
    public Recovery recovery() {
        return engine.recovery(parkedKeys(), this::requireStarted);
    }

    /** Proof of everything that was written here until now, to be carried to another request. */
    public WriteToken writeToken() {
        return engine.writeToken();
    }

    private void requireStarted() {
        if (life.get() != Life.STARTED) {
            throw new MigrationException(
                    name(),
                    life.get() == Life.BUILT
                            ? "it is not started. Nothing was changed. Call start() first."
                            : "it is closed. Nothing was changed.");
        }
    }

    /**
     * Refuses new writes, lets the relay drain for the close timeout, and stops every thread that this migration made.
     * Reads go on at the side that is primary. Says what was left dirty: an in-memory ledger forgets it.
     */
    @Override
    public void close() {
        Life before = life.getAndSet(Life.CLOSED);
        if (before != Life.STARTED) {
            engine.refuseWrites();
            return;
        }
        synchronized (lifecycle) {
            engine.close(closeTimeout);
        }
        int dirty = context.ledger().dirtyCount();
        if (dirty > 0) {
            log.warn("{} - closed with {} keys dirty; {}", name(), dirty, engine.fateOfDirtyKeys());
        } else {
            log.info("{} - closed, nothing is dirty", name());
        }
        context.events().publish(new Closed(name(), dirty));
    }

    @Override
    public String toString() {
        FenceView fence = context.fence().view();
        return "Migration[" + name() + ", " + fence.stage() + ", epoch " + fence.epoch() + "]";
    }
}
