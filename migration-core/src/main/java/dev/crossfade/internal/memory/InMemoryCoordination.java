package dev.crossfade.internal.memory;

import dev.crossfade.AuditEntry;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.DiscrepancySink;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.ReconciliationBook;
import dev.crossfade.spi.Rescue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The coordination of one process, lost with it. */
public final class InMemoryCoordination implements Coordination {
    private final Platform platform;
    private final Fence fence;
    private final Ledger ledger;
    private final InMemoryDiscrepancies discrepancies;
    private final Map<String, Coverage> coverage = new ConcurrentHashMap<>();
    private final Map<String, BackfillBook> backfills = new ConcurrentHashMap<>();
    private final Map<String, ReconciliationBook> reconciliations = new ConcurrentHashMap<>();

    public InMemoryCoordination(Setup setup) {
        this(
                setup.platform(),
                new InMemoryFence(setup.migration(), setup.platform()),
                new InMemoryLedger(setup.platform(), setup.ledgerCapacity(), setup.maxAttempts()));
    }

    private InMemoryCoordination(Platform platform, Fence fence, InMemoryLedger ledger) {
        this(platform, fence, (Ledger) ledger);
        ledger.onClean(discrepancies::refreshed);
    }

    public InMemoryCoordination(Fence fence, Ledger ledger) {
        this(Platform.system(), fence, ledger);
    }

    private InMemoryCoordination(Platform platform, Fence fence, Ledger ledger) {
        this.platform = platform;
        this.fence = fence;
        this.ledger = ledger;
        this.discrepancies = new InMemoryDiscrepancies(platform, ledger, InMemoryDiscrepancies.DEFAULT_CAPACITY);
    }

    @Override
    public Fence fence() {
        return fence;
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public Coverage coverage(String entity) {
        return coverage.computeIfAbsent(entity, name -> new InMemoryCoverage());
    }

    @Override
    public BackfillBook backfill(String entity) {
        return backfills.computeIfAbsent(entity, name -> new InMemoryBackfillBook(fence));
    }

    @Override
    public ReconciliationBook reconciliation(String entity) {
        return reconciliations.computeIfAbsent(entity, name -> new InMemoryReconciliationBook(platform, fence));
    }

    @Override
    public DiscrepancySink discrepancies() {
        return discrepancies;
    }

    @Override
    public Optional<Rescue> rescue() {
        return Optional.empty();
    }

    @Override
    public List<AuditEntry> audit(int max) {
        return List.of();
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    /** Nothing to begin: where the migration stands is for the control to say. */
    @Override
    public void start() {}

    @Override
    public void close() {}
}
