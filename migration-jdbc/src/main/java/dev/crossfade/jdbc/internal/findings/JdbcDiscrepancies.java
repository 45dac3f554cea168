package dev.crossfade.jdbc.internal.findings;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.fence.Stripes;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.site.Site.SqlWork;
import dev.crossfade.jdbc.internal.site.Site.Tables;
import dev.crossfade.jdbc.internal.sql.AmbiguousCommit;
import dev.crossfade.jdbc.internal.sql.DiscrepancyTable;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.jdbc.internal.sql.Row;
import dev.crossfade.jdbc.internal.sql.Text;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.State;
import dev.crossfade.spi.DiscrepancySink;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The discrepancies in the databases: each stands where it was found, in the database that was primary then, and is written
 * under its fence and not while that is drained. So whoever moves the primary sees it after the drain, or has moved before it
 * is there, and then it goes to the new primary. Both databases are asked for what is open or accepted, for the primary may
 * have moved since; a handover needs both anyway.
 */
public final class JdbcDiscrepancies implements DiscrepancySink {
    /** The most open records of one database. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private static final Operator REFRESH = Operator.of("crossfade", "a later version was refreshed");

    private final String migration;
    private final Fence fence;
    private final Site legacy;
    private final Site next;
    private final String prefix;
    private final KeyCodec codec;
    private final int capacity;
    private final AtomicBoolean toldOfNoRoom = new AtomicBoolean();

    public JdbcDiscrepancies(
            String migration, Fence fence, Site legacy, Site next, String prefix, KeyCodec codec, int capacity) {
        this.migration = migration;
        this.fence = fence;
        this.legacy = legacy;
        this.next = next;
        this.prefix = prefix;
        this.codec = codec;
        this.capacity = capacity;
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    private Site primary() {
        return site(fence.view().stage().primary());
    }

    private DiscrepancyTable table(Site site, Tables tables) {
        return new DiscrepancyTable(tables.dialect(), prefix, migration, site.side(), codec);
    }

    @Override
    public Map<EntityKey, Version> versions(Collection<EntityKey> keys) {
        FenceView view = fence.view();
        Map<EntityKey, Row> rows = sql(
                site(view.stage().primary()),
                "read versions",
                (connection, tables) -> tables.ledger().rows(connection, keys));
        Map<EntityKey, Version> versions = new HashMap<>();
        for (EntityKey key : keys) {
            Row row = rows.get(key);
            if (row == null) {
                versions.put(key, new Version(view.generation(), 0));
            } else if (row.settled()) {
                versions.put(key, row.stored());
            }
        }
        return versions;
    }

    @Override
    public Set<EntityKey> record(Collection<Finding> findings, long unrecorded) {
        Side believed = fence.view().stage().primary();
        return recordOn(believed, findings, unrecorded)
                .or(() -> recordOn(believed.other(), findings, unrecorded))
                .orElseThrow(() -> new MigrationException(
                        migration,
                        "discrepancies could not be recorded, neither fence says PRIMARY. Nothing was recorded. Try again "
                                + "when the move has ended."));
    }

    /** Those that were accepted, if this side takes findings: it is primary, and stays so until they are committed. */
    private Optional<Set<EntityKey>> recordOn(Side side, Collection<Finding> findings, long unrecorded) {
        Map<EntityKey, Discrepancy> acceptedElsewhere = accepted(site(side.other()), findings);
        return sql(site(side), "record discrepancies", (connection, tables) -> {
            boolean primary = tables.fence()
                    .lockShared(connection, Stripes.ofThisThread())
                    .filter(row -> row.role() == Role.PRIMARY)
                    .isPresent();
            return primary
                    ? Optional.of(
                            record(connection, table(site(side), tables), findings, unrecorded, acceptedElsewhere))
                    : Optional.empty();
        });
    }

    private Set<EntityKey> record(
            Connection connection,
            DiscrepancyTable table,
            Collection<Finding> findings,
            long unrecorded,
            Map<EntityKey, Discrepancy> acceptedElsewhere)
            throws SQLException {
        long room = capacity - table.count(connection, State.OPEN);
        long left = unrecorded;
        Set<EntityKey> accepted = new HashSet<>();
        for (Finding finding : sorted(findings)) {
            Optional<Discrepancy> here = table.find(connection, finding.key());
            if (here.filter(known -> isAccepted(known, finding)).isPresent()) {
                table.seenAgain(connection, finding);
                accepted.add(finding.key());
            } else if (here.isPresent()) {
                table.reopen(connection, finding);
            } else if (acceptedElsewhere.containsKey(finding.key())) {
                log.debug("{} - {} differs as it was accepted before the primary moved", migration, finding.key());
                accepted.add(finding.key());
            } else if (room > 0) {
                table.insert(connection, finding);
                room--;
            } else {
                left += finding.times();
            }
        }
        if (left > 0) {
            table.addUnrecorded(connection, left, fence.view().epoch());
            tellOfNoRoom(left);
        } else if (room > 0) {
            toldOfNoRoom.set(false);
        }
        return accepted;
    }

    /** Once per episode. */
    private void tellOfNoRoom(long left) {
        if (!toldOfNoRoom.getAndSet(true)) {
            log.warn(
                    "{} - {} findings of keys that differ found no room, where {} records may be open at most; they are "
                            + "counted and keep the primary from moving",
                    migration,
                    left,
                    capacity);
        }
    }

    /** In the same order everywhere, so that two instances do not wait for each other in a circle. */
    private List<Finding> sorted(Collection<Finding> findings) {
        return findings.stream()
                .sorted(Comparator.<Finding, String>comparing(
                                finding -> finding.key().entity())
                        .thenComparing(finding -> codec.encode(finding.key()), Arrays::compareUnsigned))
                .toList();
    }

    private static boolean isAccepted(Discrepancy known, Finding finding) {
        return known.state() == State.ACCEPTED
                && known.finding().version().equals(finding.version())
                && known.finding().looksLike(finding);
    }

    /** What was accepted while the other side was primary; what cannot be asked counts as not accepted. */
    private Map<EntityKey, Discrepancy> accepted(Site site, Collection<Finding> findings) {
        Map<EntityKey, Discrepancy> accepted = new HashMap<>();
        try {
            return site.own((connection, tables) -> {
                for (Finding finding : findings) {
                    table(site, tables)
                            .find(connection, finding.key())
                            .filter(known -> isAccepted(known, finding))
                            .ifPresent(known -> accepted.put(finding.key(), known));
                }
                return accepted;
            });
        } catch (SQLException failure) {
            log.debug(
                    "{} - what was accepted on {} cannot be told ({})",
                    migration,
                    site.name(),
                    FailureSummary.of(failure));
            return Map.of();
        }
    }

    @Override
    public Summary summary() {
        Summary total = new Summary(0, 0, 0);
        for (Site site : List.of(legacy, next)) {
            resolveRefreshed(site);
            Summary here = sql(site, "count discrepancies", (connection, tables) -> {
                DiscrepancyTable table = table(site, tables);
                return new Summary(
                        table.count(connection, State.OPEN),
                        table.count(connection, State.ACCEPTED),
                        table.unrecorded(connection));
            });
            total = new Summary(
                    total.open() + here.open(),
                    total.accepted() + here.accepted(),
                    total.unrecorded() + here.unrecorded());
        }
        return total;
    }

    @Override
    public List<Discrepancy> list(State state, int max) {
        List<Discrepancy> all = new ArrayList<>();
        for (Site site : List.of(legacy, next)) {
            resolveRefreshed(site);
            all.addAll(sql(
                    site,
                    "list discrepancies",
                    (connection, tables) -> table(site, tables).list(connection, state, max)));
        }
        return all.stream()
                .sorted(Comparator.comparing(Discrepancy::firstSeen))
                .limit(max)
                .toList();
    }

    /** A key that is clean at a later version than it was found at has been made equal meanwhile. */
    private void resolveRefreshed(Site site) {
        List<Discrepancy> open = sql(
                site,
                "list discrepancies",
                (connection, tables) -> table(site, tables).list(connection, State.OPEN, capacity));
        if (open.isEmpty()) {
            return;
        }
        List<EntityKey> keys = open.stream().map(Discrepancy::key).toList();
        Map<EntityKey, Row> rows = sql(
                primary(),
                "read versions",
                (connection, tables) -> tables.ledger().rows(connection, keys));
        List<Discrepancy> refreshed = open.stream()
                .filter(one -> isRefreshedSince(one.finding().version(), rows.get(one.key())))
                .toList();
        if (!refreshed.isEmpty()) {
            sql(
                    site,
                    "resolve discrepancies",
                    (connection, tables) -> table(site, tables)
                            .close(connection, refreshed, State.RESOLVED, REFRESH.name(), REFRESH.reason()));
        }
    }

    /** A key without a row has never been refreshed, and one that was discarded not at this version. */
    private static boolean isRefreshedSince(Version found, @Nullable Row now) {
        return now != null && now.synced() && now.stored().counter() > 0 && found.isBefore(now.stored());
    }

    @Override
    public int close(Collection<Discrepancy> seen, State as, Operator operator) {
        int closed = 0;
        for (Site site : List.of(legacy, next)) {
            closed += sql(site, "close discrepancies", (connection, tables) -> {
                int here = table(site, tables)
                        .close(connection, seen, as, Text.cut(operator.name(), 200), Text.cut(operator.reason(), 1000));
                if (here > 0) {
                    String what = as == State.ACCEPTED ? "accept" : "resolve";
                    tables.books().audit(connection, deed(operator, what, here + " discrepancies"));
                }
                return here;
            });
        }
        return closed;
    }

    @Override
    public void forgetUnrecorded(Operator operator) {
        for (Site site : List.of(legacy, next)) {
            sql(site, "forget the count", (connection, tables) -> {
                boolean any = table(site, tables).forgetUnrecorded(connection);
                if (any) {
                    tables.books().audit(connection, deed(operator, "forget unrecorded", "their number is forgotten"));
                }
                return any;
            });
        }
    }

    @Override
    public void audit(Operator operator, String what, String outcome) {
        sql(primary(), "write the audit trail", (connection, tables) -> {
            tables.books().audit(connection, deed(operator, what, outcome));
            return true;
        });
    }

    private Deed deed(Operator operator, String what, String outcome) {
        FenceView view = fence.view();
        return new Deed(what, view.stage(), view.stage(), view.epoch(), operator, outcome);
    }

    private <T> T sql(Site site, String what, SqlWork<T> work) {
        try {
            return site.own(work);
        } catch (SQLException failure) {
            throw new MigrationException(
                    migration,
                    "could not " + what + " on " + site.name() + " (" + FailureSummary.of(failure)
                            + "). "
                            + (failure instanceof AmbiguousCommit
                                    ? "It may have been done all the same. Look, and try again"
                                    : "Nothing was changed there. Try again")
                            + " when that database answers.",
                    failure);
        }
    }
}
