package dev.crossfade.simulator;

import dev.crossfade.Operator;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.LedgerStatus;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A ledger that leaves everything to another; a base to change one thing at a time. */
abstract class ForwardingLedger implements Ledger {
    final Ledger ledger;

    ForwardingLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void capture(FenceView pinned, Collection<Touch> touches, int untracked) throws Exception {
        ledger.capture(pinned, touches, untracked);
    }

    @Override
    public Version record(Collection<Touch> touches) {
        return ledger.record(touches);
    }

    @Override
    public int mark(long epoch, List<EntityKey> keys) {
        return ledger.mark(epoch, keys);
    }

    @Override
    public boolean isDirty(EntityKey key) {
        return ledger.isDirty(key);
    }

    @Override
    public boolean isDirtyUpTo(EntityKey key, Version version) {
        return ledger.isDirtyUpTo(key, version);
    }

    @Override
    public @Nullable Object cleanState(Set<EntityKey> keys) {
        return ledger.cleanState(keys);
    }

    @Override
    public Map<EntityKey, Pending> pending(Collection<EntityKey> keys) {
        return ledger.pending(keys);
    }

    @Override
    public boolean hasFailed(EntityKey key) {
        return ledger.hasFailed(key);
    }

    @Override
    public Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable {
        return ledger.apply(epoch, seen, write);
    }

    @Override
    public Set<EntityKey> synced(Map<EntityKey, Pending> seen) {
        return ledger.synced(seen);
    }

    @Override
    public List<EntityKey> take(int max) {
        return ledger.take(max);
    }

    @Override
    public void giveBack(EntityKey key) {
        ledger.giveBack(key);
    }

    @Override
    public boolean failed(EntityKey key, @Nullable Pending tried, String reason, boolean counted) {
        return ledger.failed(key, tried, reason, counted);
    }

    @Override
    public List<EntityKey> refused(String entity, int max) {
        return ledger.refused(entity, max);
    }

    @Override
    public void hurry() {
        ledger.hurry();
    }

    @Override
    public long nanosUntilDue() {
        return ledger.nanosUntilDue();
    }

    @Override
    public List<ParkedKey> parked(int max) {
        return ledger.parked(max);
    }

    @Override
    public int retry(Collection<EntityKey> keys, Operator operator) {
        return ledger.retry(keys, operator);
    }

    @Override
    public List<EntityKey> discard(Collection<EntityKey> keys, Operator operator) {
        return ledger.discard(keys, operator);
    }

    @Override
    public void clear(long generation) {
        ledger.clear(generation);
    }

    @Override
    public boolean settle(Duration timeout) throws InterruptedException {
        return ledger.settle(timeout);
    }

    @Override
    public int dirtyCount() {
        return ledger.dirtyCount();
    }

    @Override
    public boolean isDrained() {
        return ledger.isDrained();
    }

    @Override
    public LedgerStatus status() {
        return ledger.status();
    }

    @Override
    public Platform.Signal progress() {
        return ledger.progress();
    }

    @Override
    public boolean isSettledThrough(Version version) {
        return ledger.isSettledThrough(version);
    }

    @Override
    public Version lastVersion() {
        return ledger.lastVersion();
    }

    @Override
    public void lostTrack(int writes) {
        ledger.lostTrack(writes);
    }

    @Override
    public long untracked() {
        return ledger.untracked();
    }

    @Override
    public Optional<Changed> changed(String entity, Instant since, @Nullable EntityKey after, int max) {
        return ledger.changed(entity, since, after, max);
    }
}
