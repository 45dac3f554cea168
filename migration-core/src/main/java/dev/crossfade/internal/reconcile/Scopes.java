package dev.crossfade.internal.reconcile;

import dev.crossfade.MigrationException;
import dev.crossfade.internal.view.Context;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.KeyRange;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a scope means for the rows of an entity. */
final class Scopes {
    private final Context context;
    private final String entity;
    private final BackfillSource source;

    Scopes(Context context, String entity, BackfillSource source) {
        this.context = context;
        this.entity = entity;
        this.source = source;
    }

    /** The same scope with keys as the rows have them. */
    Scope normal(Scope scope) {
        return scope instanceof Scope.Keys keys ? Scope.keys(raw(keys.after()), raw(keys.upTo())) : scope;
    }

    private @Nullable Object raw(@Nullable Object key) {
        return key == null ? null : context.entity(entity).key(key).key();
    }

    /** The keys that a scope goes through. */
    KeyRange range(Scope scope) {
        return scope instanceof Scope.Keys keys ? new KeyRange(key(keys.after()), key(keys.upTo())) : KeyRange.ALL;
    }

    private @Nullable EntityKey key(@Nullable Object raw) {
        return raw == null ? null : context.entity(entity).key(raw);
    }

    /**
     * Looks whether there is something that reads the rows of a scope.
     *
     * @throws MigrationException if the scope does not suit the rows, or nobody knows whether it does
     */
    void requireFit(Scope scope) {
        if (scope instanceof Scope.Window window) {
            var unused = within(window);
        }
    }

    /**
     * What reads the rows of a scope.
     *
     * @throws MigrationException if the scope does not suit the rows, or nobody knows whether it does
     */
    BackfillSource source(Scope scope) {
        return scope instanceof Scope.Window window ? within(window) : source;
    }

    private BackfillSource within(Scope.Window window) {
        Optional<BackfillSource> rows;
        try {
            rows = source.within(window.column(), window.from(), window.until());
        } catch (IllegalArgumentException | IllegalStateException mistake) {
            throw new MigrationException(
                    context.migration(),
                    mistake.getMessage() + ". Nothing was changed. Choose a window that fits, or another scope.",
                    mistake);
        } catch (Throwable silent) {
            throw new MigrationException(
                    context.migration(),
                    "the column " + window.column() + " of " + entity + " could not be looked up ("
                            + FailureSummary.of(silent)
                            + "). Nothing was changed. Ask again when both stores answer.",
                    silent);
        }
        return rows.orElseThrow(() -> new MigrationException(
                context.migration(),
                "the backfill of " + entity + " goes by the repository, which knows no columns. Nothing was changed. "
                        + "Choose another scope, or declare a backfill from table to table."));
    }
}
