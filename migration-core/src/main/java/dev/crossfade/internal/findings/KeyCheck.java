package dev.crossfade.internal.findings;

import dev.crossfade.Side;
import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Mismatch;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
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
 */
public final class KeyCheck {
    private final Context context;
    private final Function<String, ComparisonEngine> comparisons;

    /** @param comparisons how the states of an entity are compared, by its name */
    public KeyCheck(Context context, Function<String, ComparisonEngine> comparisons) {
        this.context = context;
        this.comparisons = comparisons;
    }

    /**
     * What was found out.
     *
     * @param epoch     of the fence all the while; the findings hold in it
     * @param primary   the side that was primary
     * @param different keys that differ
     * @param equal     keys that are equal, or absent on both sides
     * @param undecided keys that are on their way, or that cannot be compared
     */
    public record Checked(
            long epoch, Side primary, List<Finding> different, Set<EntityKey> equal, Set<EntityKey> undecided) {}

    /**
     * Checks keys of one entity, on this thread.
     *
     * @param foundBy what asks, as it is recorded
     * @throws Throwable what a store throws; nothing is known of the keys then
     */
    public Checked check(String entity, Collection<EntityKey> keys, String foundBy) throws Throwable {
        FenceView fence = context.fence().view();
        Side primary = fence.stage().primary();
        Checked checked = new Checked(fence.epoch(), primary, new ArrayList<>(), new HashSet<>(), new HashSet<>(keys));
        if (!fence.stage().isDualWrite()) {
            return checked;
        }
        Map<EntityKey, Version> before = atRest(keys);
        EntityState state = context.entity(entity);
        Map<EntityKey, Object> here = read(state, primary, before.keySet());
        Map<EntityKey, Object> there = read(state, primary.other(), before.keySet());
        Map<EntityKey, Version> after = atRest(before.keySet());
        if (context.fence().view().epoch() != fence.epoch()) {
            return checked;
        }
        before.forEach((key, version) -> {
            if (version.equals(after.get(key))) {
                decide(checked, key, version, here.get(key), there.get(key), foundBy);
            }
        });
        return checked;
    }

    private Map<EntityKey, Version> atRest(Collection<EntityKey> keys) {
        List<EntityKey> still =
                keys.stream().filter(key -> !context.underWay().mayTouch(key)).toList();
        return still.isEmpty() ? Map.of() : context.discrepancies().versions(still);
    }

    private Map<EntityKey, Object> read(EntityState state, Side side, Collection<EntityKey> keys) throws Throwable {
        Map<EntityKey, Object> states = new HashMap<>();
        if (!keys.isEmpty()) {
            context.store(side).inTransaction(() -> {
                states.putAll(state.findAll(side, keys));
                return true;
            });
        }
        return states;
    }

    private void decide(
            Checked checked,
            EntityKey key,
            Version version,
            @Nullable Object here,
            @Nullable Object there,
            String foundBy) {
        Kind kind = Kind.DIFFERENT;
        List<FieldDifference> fields = List.of();
        if (here == null && there == null) {
            equal(checked, key);
            return;
        } else if (here == null || there == null) {
            Side absent = here == null ? checked.primary() : checked.primary().other();
            kind = absent == Side.NEW ? Kind.MISSING_IN_NEW : Kind.MISSING_IN_LEGACY;
        } else {
            Comparison outcome = comparisons.apply(key.entity()).compare(here, there);
            if (outcome instanceof Match) {
                equal(checked, key);
                return;
            } else if (outcome instanceof Mismatch mismatch) {
                fields = mismatch.differences();
            } else {
                return;
            }
        }
        checked.undecided().remove(key);
        checked.different().add(new Finding(key, kind, fields, foundBy, checked.epoch(), version, 1));
    }

    private static void equal(Checked checked, EntityKey key) {
        checked.undecided().remove(key);
        checked.equal().add(key);
    }
}
