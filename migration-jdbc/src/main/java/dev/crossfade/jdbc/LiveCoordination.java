package dev.crossfade.jdbc;

import dev.crossfade.AuditEntry;
import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.backfill.JdbcBackfillBook;
import dev.crossfade.jdbc.internal.fence.Founding;
import dev.crossfade.jdbc.internal.fence.Handover;
import dev.crossfade.jdbc.internal.fence.JdbcFence;
import dev.crossfade.jdbc.internal.fence.JdbcRescue;
import dev.crossfade.jdbc.internal.fence.Keeper;
import dev.crossfade.jdbc.internal.fence.Objections;
import dev.crossfade.jdbc.internal.fence.OldPrimary;
import dev.crossfade.jdbc.internal.findings.JdbcDiscrepancies;
import dev.crossfade.jdbc.internal.ids.TextKeys;
import dev.crossfade.jdbc.internal.ledger.JdbcCoverage;
import dev.crossfade.jdbc.internal.ledger.JdbcLedger;
import dev.crossfade.jdbc.internal.reconcile.JdbcReconciliationBook;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.DiscrepancySink;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.ReconciliationBook;
import dev.crossfade.spi.Rescue;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The moving parts of one migration between two databases, made together and ended in the reverse order. */
final class LiveCoordination implements Coordination {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Setup setup;
    private final boolean endsSessions;
    private final Site legacy;
    private final Site next;
    private final TextKeys textKeys;
    private final Founding founding;
    private final JdbcFence fence;
    private final JdbcLedger ledger;
    private final JdbcCoverage coverage;
    private final Function<String, BackfillBook> backfills;
    private final Function<String, ReconciliationBook> reconciliations;
    private final JdbcDiscrepancies discrepancies;
    private final JdbcRescue rescue;
    private final Keeper keeper;

    LiveCoordination(Setup setup, JdbcCoordination options, Database onLegacy, Database onNext) {
        this.setup = setup;
        this.endsSessions = options.terminateAfter() != null;
        String instance = UUID.randomUUID().toString();
        KeyCodec codec = options.codec();
        Site old = new Site(
                Side.LEGACY,
                onLegacy.transactions(),
                setup.migration(),
                options.tablePrefix(),
                options.schema(),
                codec);
        Site fresh = new Site(
                Side.NEW, onNext.transactions(), setup.migration(), options.tablePrefix(), options.schema(), codec);
        this.legacy = old;
        this.next = fresh;
        Handover handover = new Handover(setup.migration(), old, fresh, options.ids());
        this.textKeys = new TextKeys(setup.migration(), setup.entities(), options.textKeys());
        this.founding = new Founding(setup.migration(), old, fresh);
        this.fence = new JdbcFence(
                setup.migration(),
                setup.platform(),
                old,
                fresh,
                handover,
                new Objections(
                        setup.platform(),
                        old,
                        fresh,
                        handover,
                        options.ids(),
                        () -> textKeys.objections(old, fresh),
                        options.olderTransactionsWait()),
                options.terminateAfter());
        options.blocks().forEach(blocks -> blocks.belongTo(setup.migration(), fresh, fence));
        this.ledger = new JdbcLedger(
                setup.migration(),
                setup.platform(),
                fence,
                old,
                fresh,
                setup.ledgerCapacity(),
                setup.maxAttempts(),
                instance);
        this.coverage = new JdbcCoverage(setup.migration(), fence, old, fresh);
        this.backfills = entity ->
                new JdbcBackfillBook(setup.migration(), entity, fresh, options.tablePrefix(), codec, instance);
        this.reconciliations = entity ->
                new JdbcReconciliationBook(setup.migration(), entity, fresh, options.tablePrefix(), codec, instance);
        this.discrepancies = new JdbcDiscrepancies(
                setup.migration(), fence, old, fresh, options.tablePrefix(), codec, JdbcDiscrepancies.DEFAULT_CAPACITY);
        OldPrimary oldPrimary = new OldPrimary(setup.migration(), instance, old, fresh);
        this.rescue = new JdbcRescue(setup.migration(), old, fresh, oldPrimary, options.ids(), fence::look);
        this.keeper = new Keeper(
                setup.migration(),
                instance,
                options.description(),
                setup.platform(),
                fence,
                handover,
                oldPrimary,
                old,
                fresh,
                coverage::look);
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
        return coverage.of(entity);
    }

    @Override
    public BackfillBook backfill(String entity) {
        return backfills.apply(entity);
    }

    @Override
    public ReconciliationBook reconciliation(String entity) {
        return reconciliations.apply(entity);
    }

    @Override
    public DiscrepancySink discrepancies() {
        return discrepancies;
    }

    @Override
    public Optional<Rescue> rescue() {
        return Optional.of(rescue);
    }

    @Override
    public List<AuditEntry> audit(int max) {
        return Stream.of(legacy, next)
                .flatMap(site -> audit(site, max).stream())
                .sorted(Comparator.comparing(AuditEntry::when).reversed())
                .limit(max)
                .toList();
    }

    private List<AuditEntry> audit(Site site, int max) {
        try {
            return site.own((connection, tables) -> tables.books().audit(connection, max));
        } catch (SQLException failure) {
            log.warn(
                    "{} - the audit trail of {} cannot be read ({})",
                    setup.migration(),
                    site.name(),
                    FailureSummary.of(failure));
            return List.of();
        }
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public void start() {
        textKeys.check(legacy, next);
        if (endsSessions) {
            requireKnownHolders(legacy);
            requireKnownHolders(next);
        }
        founding.found();
        fence.look();
        if (fence.view().epoch() == 0) {
            throw new MigrationException(
                    setup.migration(),
                    "neither fence says which side is primary. Nothing was started. See that both databases answer; if a "
                            + "move was under way when the last instance died, start again once they do.");
        }
        coverage.look(fence.view());
        keeper.start();
        ledger.feed().start();
    }

    /** A database that does not answer ends no session either where it does not know whose. */
    private void requireKnownHolders(Site site) {
        try {
            if (!site.tables().dialect().knowsHolders()) {
                throw new MigrationException(
                        setup.migration(),
                        "terminateSessionsAfter(..) ends the sessions that hold the fence, and the database of "
                                + site.name()
                                + " does not tell which ones do. Nothing was started. Leave it out: a move "
                                + "that is kept waiting names those that may hold it.");
            }
        } catch (SQLException failure) {
            log.debug("{} - {} does not answer ({})", setup.migration(), site.name(), FailureSummary.of(failure));
        }
    }

    @Override
    public void close() {
        ledger.feed().close();
        keeper.close();
    }
}
