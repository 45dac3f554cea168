package dev.crossfade.internal.write;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.MigrationException;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.event.MigrationEvent.WritesUntracked;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.spi.Fence.Hold;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.ManagedTransactions;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens units of work, each on one thread, and records what they touched before anybody hears that they are done. */
// Each migration has units of its own: a static thread-local would mix those of two migrations.
@SuppressWarnings("ThreadLocalUsage")
public final class Units implements ManagedTransactions {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final Relay relay;
    private final BiConsumer<@Nullable String, Version> wrote;
    private final Duration maxWait;
    private final ThreadLocal<@Nullable OpenUnit> current = new ThreadLocal<>();
    private volatile boolean closed;

    /**
     * @param wrote   told the subject and the version of every recorded unit
     * @param maxWait how long a write waits while the primary moves
     */
    public Units(Context context, Relay relay, BiConsumer<@Nullable String, Version> wrote, Duration maxWait) {
        this.context = context;
        this.relay = relay;
        this.wrote = wrote;
        this.maxWait = maxWait;
    }

    /** Whether the calling thread has a unit open. */
    @Override
    public boolean isOpenHere() {
        return current.get() != null;
    }

    /**
     * The side of the unit that the calling thread has open, to which its reads go; {@code null} without one and in one that
     * only reads.
     */
    public @Nullable Side sideHere() {
        Unit open = current();
        return open == null || open.isReadOnly() ? null : open.side();
    }

    @Nullable
    Unit current() {
        OpenUnit open = current.get();
        return open == null ? null : open.unit;
    }

    /** Runs work in a unit of its own, or in the one that this thread has open. Tried again where the primary has moved. */
    public <T> @Nullable T inUnit(Store.Work<T> work) throws Throwable {
        if (current.get() != null) {
            return work.run();
        }
        for (int attempt = 1; ; attempt++) {
            // A write that could not begin has waited as long as it may; only one that began is tried again.
            Hold hold = enter();
            OpenUnit open = new OpenUnit(new Unit(hold.view(), context.underWay()), hold);
            long began = context.writeTimes().begin();
            try {
                return runOnce(open, work);
            } catch (Throwable failure) {
                if (open.hasCommitted()
                        || attempt >= PhaseMovedException.ATTEMPTS
                        || !context.store(hold.view().stage().primary()).isTransactional()
                        || !(isRetryable(failure) || isOfFormerPrimary(failure, hold.view()))) {
                    throw failure;
                }
            } finally {
                context.writeTimes().end(began);
            }
        }
    }

    private boolean isRetryable(Throwable failure) {
        return failure instanceof RetryableWriteException retryable
                && retryable.migration().equals(context.migration());
    }

    /**
     * What a database refuses that is primary no more says nothing about the new one: a value may be taken only there. The
     * fence would have refused the write too, had it come so far.
     */
    private boolean isOfFormerPrimary(Throwable failure, FenceView pinned) {
        return FailureKind.isAnswerOfDatabase(failure) && !context.fence().isStill(pinned);
    }

    private <T> @Nullable T runOnce(OpenUnit open, Store.Work<T> work) throws Throwable {
        @Nullable T result;
        current.set(open);
        try {
            result = context.store(open.side()).inTransaction(work, () -> {
                open.beforeCommit();
                return null;
            });
        } catch (CommitOutcomeUnknownException unknown) {
            // The ledger may have committed with its last statement.
            open.outcomeUnknown();
            throw unknown.of(context.migration());
        } catch (Throwable failure) {
            open.end(true);
            throw failure;
        }
        open.committed();
        return result;
    }

    /** The last thing before COMMIT. */
    private void capture(Unit unit) throws Exception {
        if (unit.hasWritten()) {
            List<Touch> touches = unit.records() ? unit.touches(false) : List.of();
            context.ledger().capture(unit.view(), touches, unit.untracked());
        }
        unit.workDone();
    }

    @Override
    public Managed begin(boolean readOnly) {
        return readOnly
                ? new ManagedUnit(Unit.readOnly(context.fence().view(), context.underWay()), null)
                : new ManagedUnit(enter());
    }

    @Override
    public @Nullable Managed ofLibrary() {
        OpenUnit open = current.get();
        return open instanceof ManagedUnit ? null : open;
    }

    @Override
    public Runnable suspend() {
        OpenUnit suspended = current.get();
        current.remove();
        return () -> current.set(suspended);
    }

    /** A unit of work that a thread is in. Ends when its transaction does, whatever runs on the thread after that. */
    private class OpenUnit implements Managed {
        private final Unit unit;
        /** None of a unit that only reads: nothing has to wait for it. */
        private final @Nullable Hold hold;

        private boolean ended;
        private boolean committed;

        OpenUnit(Unit unit, @Nullable Hold hold) {
            this.unit = unit;
            this.hold = hold;
        }

        @Override
        public Side side() {
            return unit.side();
        }

        boolean hasCommitted() {
            return committed;
        }

        @Override
        public void beforeCommit() throws Exception {
            capture(unit);
        }

        @Override
        public void committed() {
            committed = true;
            Version recorded = end(false);
            if (recorded != null) {
                relay.awaitInline(unit.touches(false).stream().map(Touch::key).toList(), recorded);
            }
        }

        @Override
        public void rolledBack() {
            unit.undone();
            end(true);
        }

        @Override
        public void outcomeUnknown() {
            unit.workDone();
            end(true);
        }

        @Nullable
        Version end(boolean failed) {
            if (ended) {
                return null;
            }
            ended = true;
            current.remove();
            return hold == null ? null : finish(unit, hold, failed);
        }
    }

    /** A unit of work in a transaction that somebody else opens and ends. */
    private final class ManagedUnit extends OpenUnit {
        private final long began;

        ManagedUnit(Hold hold) {
            this(new Unit(hold.view(), context.underWay()), hold);
        }

        ManagedUnit(Unit unit, @Nullable Hold hold) {
            super(unit, hold);
            this.began = hold == null ? 0 : context.writeTimes().begin();
            current.set(this);
        }

        @Override
        public void committed() {
            super.committed();
            context.writeTimes().end(began);
        }

        @Override
        public void rolledBack() {
            super.rolledBack();
            context.writeTimes().end(began);
        }

        @Override
        public void outcomeUnknown() {
            super.outcomeUnknown();
            context.writeTimes().end(began);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new MigrationException(
                    context.migration(),
                    "it is closed, so the write could not be recorded. Nothing was written. Close the migration after "
                            + "the service has stopped taking requests.");
        }
    }

    /** A transaction that the caller opened by itself ends when the caller likes, and perhaps on the wrong side. */
    private void requireNoOtherTransaction() {
        for (Side side : Side.values()) {
            Store store = context.store(side);
            if (store.hasTransactionHere()) {
                throw new MigrationException(
                        context.migration(),
                        "a write was called in a transaction on the " + store.name()
                                + " store that the migration did not open, so it could not be held to the primary. "
                                + "Nothing of it was written. Open the transaction with migration.inTransaction(..), in Spring with "
                                + "the migration's transaction manager.");
            }
        }
    }

    /** Holds the primary for a unit of work; {@link #finish} lets it go. */
    Hold enter() {
        requireOpen();
        requireNoOtherTransaction();
        try {
            Hold hold = context.fence().enter(maxWait);
            if (closed) {
                // close() may have seen nothing under way just before: nobody would refresh this write.
                hold.release();
                requireOpen();
            }
            return hold;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MigrationException(
                    context.migration(),
                    "interrupted while a write waited for the primary to move. Nothing was written.",
                    interrupted);
        }
    }

    /** Records the unit's keys and lets the primary go; returns the version recorded, or null if there was none. */
    @Nullable
    Version finish(Unit unit, Hold hold, boolean failed) {
        try {
            if (!unit.records() || !unit.hasWritten() || wasRolledBack(unit, failed)) {
                return null;
            }
            long before = context.ledger().untracked();
            int untracked = unit.untracked();
            if (untracked > 0) {
                context.ledger().lostTrack(untracked);
            }
            List<Touch> touches = unit.touches(failed);
            Version version = touches.isEmpty() ? null : context.ledger().record(touches);
            if (version != null) {
                wrote.accept(unit.subject(), version);
            }
            if (context.ledger().untracked() != before) {
                noteLostTrack(untracked > 0 ? "a write did not tell its key" : "the ledger is full");
            }
            return version;
        } finally {
            unit.recorded();
            hold.release();
            if (closed) {
                context.ledger().progress().raise();
            }
        }
    }

    private boolean wasRolledBack(Unit unit, boolean failed) {
        return failed && !unit.isWorkDone() && context.store(unit.side()).isTransactional();
    }

    private void noteLostTrack(String reason) {
        context.coverage().forEach((entity, coverage) -> {
            boolean first = coverage.isTracked();
            coverage.lostTrack();
            if (first) {
                log.error(
                        "{} - {}: a write of {} may be missing from the ledger. The secondary answers no reads and the "
                                + "primary does not move until the keys of both stores are copied again",
                        context.migration(),
                        reason,
                        entity);
                context.events().publish(new WritesUntracked(context.migration(), entity, reason));
            }
        });
    }

    /** Refuses every write from now on. */
    public void close() {
        closed = true;
    }
}
