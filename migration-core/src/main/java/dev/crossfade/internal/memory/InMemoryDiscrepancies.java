package dev.crossfade.internal.memory;

import dev.crossfade.Operator;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.State;
import dev.crossfade.spi.DiscrepancySink;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.Version;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The discrepancies of one process, lost with it. */
public final class InMemoryDiscrepancies implements DiscrepancySink {
    /** The most records, unless set otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private final Platform platform;
    private final Ledger ledger;
    private final int capacity;

    /** The oldest first. Guarded by {@code this}. */
    private final Map<EntityKey, Discrepancy> records = new LinkedHashMap<>();

    /** Guarded by {@code this}. */
    private long unrecorded;

    public InMemoryDiscrepancies(Platform platform, Ledger ledger, int capacity) {
        this.platform = platform;
        this.ledger = ledger;
        this.capacity = capacity;
    }

    /** The ledger's stamps, which differ whenever a key was written in between. */
    @Override
    public Map<EntityKey, Version> versions(Collection<EntityKey> keys) {
        Map<EntityKey, Version> versions = new HashMap<>();
        for (EntityKey key : keys) {
            Object clean = ledger.cleanState(Set.of(key));
            if (clean != null) {
                versions.put(key, new Version(0, clean.hashCode()));
            }
        }
        return versions;
    }

    /** A refresh has made the secondary equal on these keys. */
    void refreshed(Collection<EntityKey> keys) {
        synchronized (this) {
            keys.forEach(key -> records.computeIfPresent(
                    key, (same, record) -> record.state() == State.OPEN ? in(State.RESOLVED, record) : record));
        }
    }

    private static Discrepancy in(State state, Discrepancy record) {
        return new Discrepancy(record.finding(), record.firstSeen(), record.lastSeen(), state);
    }

    @Override
    public synchronized Set<EntityKey> record(Collection<Finding> findings, long more) {
        unrecorded += more;
        findings.forEach(this::record);
        return findings.stream()
                .map(Finding::key)
                .filter(key -> records.containsKey(key) && records.get(key).state() == State.ACCEPTED)
                .collect(Collectors.toSet());
    }

    /** Guarded by {@code this}. */
    private void record(Finding finding) {
        Instant now = platform.now();
        Discrepancy known = records.get(finding.key());
        if (known == null && records.size() >= capacity && !forgetOneThatIsClosed()) {
            unrecorded += finding.times();
            return;
        }
        if (known == null
                || known.state() == State.RESOLVED
                || (known.state() == State.ACCEPTED && !isSame(known.finding(), finding))) {
            records.put(finding.key(), new Discrepancy(finding, now, now, State.OPEN));
        } else {
            Finding counted = new Finding(
                    finding.key(),
                    finding.kind(),
                    finding.fields(),
                    finding.foundBy(),
                    finding.epoch(),
                    finding.version(),
                    known.finding().times() + finding.times());
            records.put(finding.key(), new Discrepancy(counted, known.firstSeen(), now, known.state()));
        }
    }

    private static boolean isSame(Finding before, Finding now) {
        return before.version().equals(now.version()) && before.looksLike(now);
    }

    /** Guarded by {@code this}. */
    private boolean forgetOneThatIsClosed() {
        var resolved = records.values().iterator();
        while (resolved.hasNext()) {
            if (resolved.next().state() == State.RESOLVED) {
                resolved.remove();
                return true;
            }
        }
        return false;
    }

    @Override
    public synchronized Summary summary() {
        return new Summary(count(State.OPEN), count(State.ACCEPTED), unrecorded);
    }

    /** Guarded by {@code this}. */
    private long count(State state) {
        return records.values().stream()
                .filter(record -> record.state() == state)
                .count();
    }

    @Override
    public synchronized List<Discrepancy> list(State state, int max) {
        return records.values().stream()
                .filter(record -> record.state() == state)
                .limit(max)
                .toList();
    }

    @Override
    public synchronized int close(Collection<Discrepancy> seen, State as, Operator operator) {
        int closed = 0;
        for (Discrepancy one : seen) {
            Discrepancy now = records.get(one.key());
            if (now != null
                    && now.state() == State.OPEN
                    && now.finding().version().equals(one.finding().version())
                    && now.finding().epoch() == one.finding().epoch()) {
                records.put(one.key(), in(as, now));
                closed++;
            }
        }
        return closed;
    }

    @Override
    public synchronized void forgetUnrecorded(Operator operator) {
        unrecorded = 0;
    }

    /** Nothing keeps an audit trail here. */
    @Override
    public void audit(Operator operator, String what, String outcome) {}
}
