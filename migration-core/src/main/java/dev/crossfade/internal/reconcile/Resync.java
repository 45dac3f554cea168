package dev.crossfade.internal.reconcile;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.internal.pages.Marks;
import dev.crossfade.internal.pages.RangeComparison;
import dev.crossfade.internal.pages.Wake;
import dev.crossfade.internal.view.Context;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.KeyRange;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has all rows of a scope refreshed, without comparing. */
final class Resync {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final int PAGE = 10_000;

    private final Context context;
    private final String entity;
    private final Scopes scopes;
    private final Wake wake;

    Resync(Context context, String entity, Scopes scopes, Wake wake) {
        this.context = context;
        this.entity = entity;
        this.scopes = scopes;
        this.wake = wake;
    }

    /**
     * Marks the keys of all rows that the primary has, on this thread.
     *
     * @param fence in a stage with dual write
     * @return how many were marked
     */
    long run(FenceView fence, Scope scope, Operator operator) throws InterruptedException {
        if (scope instanceof Scope.Sample || scope instanceof Scope.Written) {
            throw new IllegalArgumentException(
                    "What is '" + scope.text() + "' cannot be resynced; choose a window, a range of keys, or full");
        }
        BackfillSource rows = scopes.source(scope);
        context.discrepancies()
                .audit(operator, "resync", "keys of " + entity + ", " + scope.text() + ", are refreshed");
        Marks marks = new Marks(
                context,
                fence.epoch(),
                wake::isClosed,
                () -> {},
                "What was marked is refreshed. Look which side is primary, and ask again if that is still wanted.");
        KeyRange rest = scopes.range(scopes.normal(scope));
        try {
            List<Row> page = rows.read(fence.stage().primary(), rest, PAGE);
            while (!page.isEmpty()) {
                marks.mark(page.stream().map(Row::key).toList());
                rest = new KeyRange(RangeComparison.lastOf(page), rest.upTo());
                page = rows.read(fence.stage().primary(), rest, PAGE);
            }
        } catch (InterruptedException | RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new MigrationException(
                    context.migration(),
                    "rows of " + entity + " could not be read (" + FailureSummary.of(failure) + "). " + marks.marked()
                            + " keys were marked and are refreshed. Ask again when the primary answers.",
                    failure);
        }
        log.info(
                "{} - resync of {} ({}) asked for by {}: {} keys are refreshed",
                context.migration(),
                entity,
                scope.text(),
                operator.name(),
                marks.marked());
        return marks.marked();
    }
}
