package dev.crossfade.event;

import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.compare.Comparison;
import dev.crossfade.control.Settings;
import dev.crossfade.control.Stage;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import java.time.Duration;
import java.util.List;

/**
 * Something that happened in a migration. No event carries a field's value; keys show as digests unless asked for.
 */
public sealed interface MigrationEvent {

    /** The migration's name. */
    String migration();

    /** The migration works; {@code start()} is about to return. */
    record Started(String migration, Stage stage, long epoch) implements MigrationEvent {}

    /** The migration stopped; so many keys were left dirty, and an in-memory ledger has forgotten them. */
    record Closed(String migration, int leftDirty) implements MigrationEvent {}

    /**
     * The stage changed.
     *
     * @param pause how long new writes had to wait
     */
    record StageMoved(String migration, Stage from, Stage to, long epoch, Operator operator, Duration pause)
            implements MigrationEvent {}

    /** A move did not begin: these gates are not met. */
    record MoveRefused(String migration, Stage from, Stage to, Operator operator, List<String> reasons)
            implements MigrationEvent {}

    /** A move began and was given up; the stage is what it was and writes go on. */
    record MoveAborted(String migration, Stage from, Stage to, Operator operator, String reason)
            implements MigrationEvent {}

    /** New dials or wishes are in force. */
    record SettingsChanged(String migration, Settings settings) implements MigrationEvent {}

    /** Input of the control was not accepted; first of an episode only. The last good settings stay in force. */
    record SettingsRejected(String migration, String reason) implements MigrationEvent {}

    /** A key cannot be applied to the secondary; it blocks the next stage until a person or a later write mends it. */
    record KeyParked(String migration, EntityKey key, String reason) implements MigrationEvent {}

    /** An operator gave parked keys a fresh start. */
    record KeysRetried(String migration, List<EntityKey> keys, Operator operator) implements MigrationEvent {}

    /** An operator dropped parked keys: the stores may differ in them. */
    record KeysDiscarded(String migration, List<EntityKey> keys, Operator operator) implements MigrationEvent {}

    /** A write's key could not be kept. The secondary answers no reads until a copy of all keys completes. */
    record WritesUntracked(String migration, String entity, String reason) implements MigrationEvent {}

    /** All keys of an entity that existed before the dual write began have crossed; declared by an operator. */
    record CopyCompleted(String migration, String entity, long keys, Operator operator) implements MigrationEvent {}

    /** A backfill began; not told by instances that join it. */
    record BackfillStarted(String migration, String entity, Operator operator) implements MigrationEvent {}

    /** How far a backfill is; every ten seconds, by each instance that takes part. */
    record BackfillProgressed(String migration, BackfillStatus status) implements MigrationEvent {}

    /** A backfill was completed or cancelled, or failed; told by the instance that ended it. */
    record BackfillEnded(String migration, BackfillStatus status, Operator operator) implements MigrationEvent {}

    /** A reconciliation began; not told by instances that take part in it. */
    record ReconciliationStarted(String migration, String entity, Scope scope, Operator operator)
            implements MigrationEvent {}

    /** How far a reconciliation is; every ten seconds, by each instance that takes part. */
    record ReconciliationProgressed(String migration, ReconciliationStatus status) implements MigrationEvent {}

    /** A reconciliation was completed or cancelled, or failed; told by the instance that ended it. */
    record ReconciliationEnded(String migration, ReconciliationReport report) implements MigrationEvent {}

    /** The primary has a row that the secondary answered as absent; the key is dirty now. */
    record ReadRepaired(String migration, EntityKey key) implements MigrationEvent {}

    /** A read failed on the secondary and the primary answered; first of an episode only. */
    record ReadsFellBack(String migration, String entity, Side from, FailureSummary failure)
            implements MigrationEvent {}

    /** A shadow read came to its final outcome. */
    record Compared(String migration, String entity, String operation, Comparison outcome) implements MigrationEvent {}

    /** The mismatch rate rose above the bound; once per episode. */
    record MismatchAlarm(String migration, String entity, double rate, long compared) implements MigrationEvent {}

    /** The mismatch rate is below the bound again. */
    record MismatchAlarmEnded(String migration, String entity) implements MigrationEvent {}

    /** The secondary stopped answering; first of an episode only. Keys stay dirty, the primary goes on. */
    record SecondaryUnavailable(String migration, Side secondary, FailureSummary failure) implements MigrationEvent {}

    /** The secondary answers again. */
    record SecondaryAvailable(String migration, Side secondary) implements MigrationEvent {}
}
