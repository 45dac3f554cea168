package dev.crossfade.internal.write;

import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.Presence;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the secondary's state of keys to the primary, as writes like any others. */
public final class Adoption {
    private final Context context;
    private final Units units;

    public Adoption(Context context, Units units) {
        this.context = context;
        this.units = units;
    }

    /** Says which keys may be written, and keeps others from writing them until the transaction ends. */
    @FunctionalInterface
    public interface Release {
        /** Called inside the transaction on the primary. */
        List<EntityKey> release(Collection<EntityKey> keys) throws Exception;
    }

    /** Adopts those keys that the release allows; the keys of each entity in a transaction of their own. */
    public List<EntityKey> adopt(Collection<EntityKey> keys, Release release) throws Exception {
        Map<String, List<EntityKey>> byEntity = new LinkedHashMap<>();
        keys.forEach(key -> byEntity.computeIfAbsent(key.entity(), name -> new ArrayList<>())
                .add(key));
        List<EntityKey> adopted = new ArrayList<>();
        for (Map.Entry<String, List<EntityKey>> group : byEntity.entrySet()) {
            EntityState state = context.entity(group.getKey());
            adopted.addAll(adopt(state, group.getValue(), release));
        }
        return adopted;
    }

    private List<EntityKey> adopt(EntityState state, List<EntityKey> keys, Release release) throws Exception {
        try {
            List<EntityKey> adopted = units.inUnit(() -> {
                List<EntityKey> released = release.release(keys);
                if (!released.isEmpty()) {
                    write(state, released);
                }
                return released;
            });
            return adopted == null ? List.of() : adopted;
        } catch (Exception | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException("A store threw neither an exception nor an error", failure);
        }
    }

    private void write(EntityState state, List<EntityKey> keys) {
        Unit unit = units.current();
        if (unit == null) {
            throw new IllegalStateException("No unit of work is open");
        }
        Side primary = unit.side();
        Map<EntityKey, Object> states = state.findAll(primary.other(), keys);
        List<EntityKey> absent =
                keys.stream().filter(key -> !states.containsKey(key)).toList();
        unit.written();
        keys.forEach(unit::begin);
        if (!states.isEmpty()) {
            here(state, primary, "overwrite", () -> state.overwriteAll(primary, states.values()));
        }
        if (!absent.isEmpty()) {
            here(state, primary, "delete", () -> state.deleteAll(primary, absent));
        }
        keys.forEach(key -> unit.touch(key, states.containsKey(key) ? Change.WRITTEN : Change.DELETED));
    }

    private void here(EntityState state, Side primary, String operation, Runnable work) {
        Presence presence = Presence.on(context.store(primary));
        work.run();
        if (presence.ranNothing()) {
            throw new MigrationException(
                    context.migration(),
                    presence.complaint(operation + " of " + state.entity())
                            + ". The transaction is rolled back; what ran on another connection is not.");
        }
    }
}
