package dev.crossfade.internal.findings;

import dev.crossfade.Side;
import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Mismatch;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys on both sides and compares them, at rest: a key that is dirty, or was written while they were read, is not
 * decided. So nothing that is only on its way counts as a difference.
 *
 * <p>Rows are read by the repositories, and once more by the entity's own source where it has one that reads past them. A key
 * is equal only if neither sees a difference: what a repository does not show may be what a source has found.
 */
public final class KeyCheck {
    private final Context context;
    private final Function<String, ComparisonEngine> comparisons;
    private final Map<String, BackfillSource> sources;
    private final boolean isAtomic;

    /**
     * @param comparisons how the states of an entity are compared, by its name
     * @param sources     by the name of an entity, what reads its rows past the repositories
     * @param isAtomic    whether a write and its version become visible at once, so that a write under way needs no care
     */
    public KeyCheck(
            Context context,
            Function<String, ComparisonEngine> comparisons,
            Map<String, BackfillSource> sources,
            boolean isAtomic) {
        this.context = context;
        this.comparisons = comparisons;
        this.sources = sources;
        this.isAtomic = isAtomic;
    }

    /**
     * What was found out. Every key is in one of the sets.
     *
     * @param epoch     of the fence all the while; the findings hold in it
     * @param primary   the side that was primary
     * @param moved     whether the fence has moved meanwhile or there is no dual write: nothing is known of any key then,
     *                  and all are unknown
     * @param different keys that differ
     * @param equal     keys that are equal, or absent on both sides
     * @param lagging   keys that are on their way: dirty, or written while they were read
     * @param unknown   keys that cannot be compared
     */
    public record Checked(
            long epoch,
            Side primary,
            boolean moved,
            List<Finding> different,
            Set<EntityKey> equal,
            Set<EntityKey> lagging,
            Set<EntityKey> unknown) {

        /** Keys of which it is not known whether they differ. */
        public Set<EntityKey> undecided() {
            Set<EntityKey> undecided = new HashSet<>(lagging);
            undecided.addAll(unknown);
            return undecided;
        }
    }

    /**
     * Checks keys of one entity, on this thread.
     *
     * @param foundBy what asks, as it is recorded
     * @throws Throwable what a store throws; nothing is known of the keys then
     */
    public Checked check(String entity, Collection<EntityKey> keys, String foundBy) throws Throwable {
        FenceView fence = context.fence().view();
        if (!fence.stage().isDualWrite()) {
            return moved(fence, keys);
        }
        Side primary = fence.stage().primary();
        Map<EntityKey, Version> before = atRest(keys);
        Sides states = read(context.entity(entity), primary, before.keySet());
        BackfillSource source = sources.get(entity);
        Sides rows = source == null ? Sides.NONE : read(source, primary, before.keySet());
        Map<EntityKey, Version> after = atRest(before.keySet());
        if (context.fence().view().epoch() != fence.epoch()) {
            return moved(fence, keys);
        }
        Checked checked = new Checked(
                fence.epoch(),
                primary,
                false,
                new ArrayList<>(),
                new HashSet<>(),
                new HashSet<>(keys),
                new HashSet<>());
        before.forEach((key, version) -> {
            if (version.equals(after.get(key))) {
                checked.lagging().remove(key);
                Look look = byRepositories(key, states);
                if (look.verdict() == Verdict.EQUAL && source != null) {
                    look = bySource(key, rows, source, primary);
                }
                note(checked, key, version, look, foundBy);
            }
        });
        return checked;
    }

    private static Checked moved(FenceView fence, Collection<EntityKey> keys) {
        return new Checked(
                fence.epoch(), fence.stage().primary(), true, List.of(), Set.of(), Set.of(), Set.copyOf(keys));
    }

    private Map<EntityKey, Version> atRest(Collection<EntityKey> keys) {
        List<EntityKey> still = keys.stream()
                .filter(key -> isAtomic || !context.underWay().mayTouch(key))
                .toList();
        return still.isEmpty() ? Map.of() : context.discrepancies().versions(still);
    }

    /** What both sides have, by key. */
    private record Sides(Map<EntityKey, Object> onPrimary, Map<EntityKey, Object> onSecondary) {
        static final Sides NONE = new Sides(Map.of(), Map.of());
    }

    private Sides read(EntityState state, Side primary, Collection<EntityKey> keys) throws Throwable {
        return new Sides(readSide(state, primary, keys), readSide(state, primary.other(), keys));
    }

    private Map<EntityKey, Object> readSide(EntityState state, Side side, Collection<EntityKey> keys) throws Throwable {
        Map<EntityKey, Object> states = new HashMap<>();
        if (!keys.isEmpty()) {
            context.store(side).inTransaction(() -> {
                states.putAll(state.findAll(side, keys));
                return true;
            });
        }
        return states;
    }

    private static Sides read(BackfillSource source, Side primary, Collection<EntityKey> keys) throws Throwable {
        return keys.isEmpty()
                ? Sides.NONE
                : new Sides(byKey(source.find(primary, keys)), byKey(source.find(primary.other(), keys)));
    }

    private static Map<EntityKey, Object> byKey(List<Row> rows) {
        Map<EntityKey, Object> byKey = new HashMap<>();
        rows.forEach(row -> byKey.put(row.key(), row));
        return byKey;
    }

    private enum Verdict {
        EQUAL,
        MISSING_ON_PRIMARY,
        MISSING_ON_SECONDARY,
        DIFFERENT,
        UNKNOWN
    }

    private record Look(Verdict verdict, List<FieldDifference> fields) {
        Look(Verdict verdict) {
            this(verdict, List.of());
        }
    }

    /** A look that says whether a key is missing; if it is on neither side, there is nothing to differ. */
    private static @Nullable Look presence(@Nullable Object here, @Nullable Object there) {
        if (here != null && there != null) {
            return null;
        }
        return new Look(
                here == there
                        ? Verdict.EQUAL
                        : here == null ? Verdict.MISSING_ON_PRIMARY : Verdict.MISSING_ON_SECONDARY);
    }

    private Look byRepositories(EntityKey key, Sides states) {
        Object here = states.onPrimary().get(key);
        Object there = states.onSecondary().get(key);
        Look presence = presence(here, there);
        if (presence != null) {
            return presence;
        }
        Comparison outcome = comparisons.apply(key.entity()).compare(here, there);
        return outcome instanceof Mismatch mismatch
                ? new Look(Verdict.DIFFERENT, mismatch.differences())
                : new Look(outcome instanceof Match ? Verdict.EQUAL : Verdict.UNKNOWN);
    }

    private static Look bySource(EntityKey key, Sides rows, BackfillSource source, Side primary) {
        Row here = (Row) rows.onPrimary().get(key);
        Row there = (Row) rows.onSecondary().get(key);
        Look presence = presence(here, there);
        if (presence != null || here == null || there == null) {
            return presence == null ? new Look(Verdict.UNKNOWN) : presence;
        }
        if (here.refusal() != null || there.refusal() != null) {
            return new Look(Verdict.UNKNOWN);
        }
        List<FieldDifference> fields = primary == Side.LEGACY
                ? source.differences(here, there, primary)
                : source.differences(there, here, primary);
        return fields.isEmpty() ? new Look(Verdict.EQUAL) : new Look(Verdict.DIFFERENT, fields);
    }

    private static void note(Checked checked, EntityKey key, Version version, Look look, String foundBy) {
        switch (look.verdict()) {
            case EQUAL -> checked.equal().add(key);
            case UNKNOWN -> checked.unknown().add(key);
            case DIFFERENT -> found(checked, key, Kind.DIFFERENT, look, version, foundBy);
            case MISSING_ON_PRIMARY -> found(checked, key, missingOn(checked.primary()), look, version, foundBy);
            case MISSING_ON_SECONDARY ->
                found(checked, key, missingOn(checked.primary().other()), look, version, foundBy);
        }
    }

    private static Kind missingOn(Side side) {
        return side == Side.NEW ? Kind.MISSING_IN_NEW : Kind.MISSING_IN_LEGACY;
    }

    private static void found(Checked checked, EntityKey key, Kind kind, Look look, Version version, String foundBy) {
        checked.different().add(new Finding(key, kind, look.fields(), foundBy, checked.epoch(), version, 1));
    }
}
