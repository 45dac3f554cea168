package dev.crossfade.simulator;

import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The real ledger with a pause around every step, and a careless postman: it hands keys out twice and out of order.
 *
 * <p>What the library calls under a lock of its own does not pause: {@code clear}, {@code dirtyCount}, {@code status}.
 */
final class SimulatedLedger extends ForwardingLedger {
    private final Scheduler scheduler;
    private final Checker checker;
    private final List<EntityKey> universe;
    private final double duplicateRate;

    SimulatedLedger(
            Ledger ledger, Scheduler scheduler, Checker checker, List<EntityKey> universe, double duplicateRate) {
        super(ledger);
        this.scheduler = scheduler;
        this.checker = checker;
        this.universe = universe;
        this.duplicateRate = duplicateRate;
    }

    private static long id(EntityKey key) {
        return (Long) key.key();
    }

    private static List<Object> ids(Collection<EntityKey> keys) {
        return keys.stream().map(EntityKey::key).toList();
    }

    @Override
    public Version record(Collection<Touch> touches) {
        List<EntityKey> keys = touches.stream().map(Touch::key).toList();
        scheduler.pause("ledger: records", ids(keys));
        Version version = ledger.record(touches);
        keys.forEach(key -> checker.kept(id(key), ledger.isDirty(key)));
        scheduler.pause("ledger: has recorded", version.counter());
        return version;
    }

    @Override
    public int mark(long epoch, List<EntityKey> keys) {
        scheduler.pause("ledger: marks", ids(keys));
        int marked = ledger.mark(epoch, keys);
        keys.subList(0, marked).forEach(key -> checker.kept(id(key), true));
        scheduler.pause("ledger: has marked", marked);
        return marked;
    }

    @Override
    public boolean isDirty(EntityKey key) {
        boolean dirty = ledger.isDirty(key);
        scheduler.pause("ledger: dirty is " + dirty, key.key());
        return dirty;
    }

    @Override
    public Map<EntityKey, Pending> pending(Collection<EntityKey> keys) {
        scheduler.pause("ledger: looks", ids(keys));
        Map<EntityKey, Pending> pending = ledger.pending(keys);
        scheduler.pause("ledger: pending", pending);
        return pending;
    }

    @Override
    public Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable {
        scheduler.pause("ledger: applies", seen.values());
        Set<EntityKey> done = ledger.apply(epoch, seen, write);
        scheduler.pause("ledger: has applied", ids(done));
        return done;
    }

    @Override
    public Set<EntityKey> synced(Map<EntityKey, Pending> seen) {
        scheduler.pause("ledger: syncs", seen.values());
        Set<EntityKey> missed = ledger.synced(seen);
        scheduler.pause("ledger: has synced", ids(seen.keySet()));
        return missed;
    }

    @Override
    public List<EntityKey> take(int max) {
        List<EntityKey> taken = new ArrayList<>(ledger.take(max));
        if (scheduler.random().nextDouble() < duplicateRate) {
            EntityKey again = universe.get(scheduler.random().nextInt(universe.size()));
            if (!taken.contains(again)) {
                taken.add(again);
            }
            Collections.shuffle(taken, scheduler.random());
        }
        scheduler.pause("ledger: hands out", ids(taken));
        return taken;
    }

    @Override
    public void giveBack(EntityKey key) {
        scheduler.pause("ledger: takes back", key.key());
        ledger.giveBack(key);
    }

    @Override
    public boolean failed(EntityKey key, @Nullable Pending tried, String reason, boolean counted) {
        scheduler.pause("ledger: failed", key.key());
        return ledger.failed(key, tried, reason, counted);
    }

    @Override
    public long untracked() {
        long untracked = ledger.untracked();
        scheduler.pause("ledger: untracked", untracked);
        return untracked;
    }

    @Override
    public Version lastVersion() {
        Version last = ledger.lastVersion();
        scheduler.pause("ledger: last version", last.counter());
        return last;
    }

    @Override
    public boolean isSettledThrough(Version version) {
        boolean settled = ledger.isSettledThrough(version);
        scheduler.pause("ledger: settled is " + settled, version.counter());
        return settled;
    }
}
