package dev.crossfade.internal.reconcile;

import dev.crossfade.Side;
import dev.crossfade.backfill.BackfillLimits;
import dev.crossfade.internal.pages.Lease;
import dev.crossfade.internal.pages.PageSize;
import dev.crossfade.internal.pages.RangeComparison;
import dev.crossfade.internal.view.Context;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.RangeDigest;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares a range of keys page by page: the first rows of the primary, or their digest, and then whatever the secondary has up
 * to the last of them. Where digests differ, smaller ones say where, down to a few hundred rows, which are read.
 */
final class RangePass implements Pass {
    /** So few rows are read rather than digested again. */
    private static final int LEAF = 500;

    /** Into so many parts a range is cut whose digests differ. */
    private static final int PARTS = 4;

    private final Context context;
    private final BackfillSource source;
    private final Confirmation confirmation;
    private final Supplier<BackfillLimits> limits;
    private final PageSize pageSize;
    private final ReadAhead ahead;
    private final Lease lease;
    private final List<Duration> pauses;
    private final @Nullable EntityKey upTo;
    private @Nullable EntityKey position;
    private boolean boundsChecked;
    private @Nullable CompletableFuture<Head> nextHead;

    /** @param ahead of which nothing is under way */
    RangePass(
            Context context,
            BackfillSource source,
            Confirmation confirmation,
            Supplier<BackfillLimits> limits,
            PageSize pageSize,
            ReadAhead ahead,
            Lease lease,
            List<Duration> pauses,
            KeyRange range) {
        this.context = context;
        this.source = source;
        this.confirmation = confirmation;
        this.limits = limits;
        this.pageSize = pageSize;
        this.ahead = ahead;
        this.lease = lease;
        this.pauses = pauses;
        this.position = range.after();
        this.upTo = range.upTo();
    }

    /**
     * The first rows of what is left, of the side that was primary when they were read.
     *
     * @param digest of the rows; {@code null} if they were read
     */
    private record Head(
            Side primary, KeyRange range, int max, @Nullable RangeDigest digest, List<Row> rows, long nanos) {

        /** Its last key; {@code null} if there are no rows. */
        @Nullable
        EntityKey last() {
            if (digest != null) {
                return digest.last();
            }
            return rows.isEmpty() ? null : RangeComparison.lastOf(rows);
        }

        long size() {
            return digest == null ? rows.size() : digest.rows();
        }
    }

    @Override
    public Compared next() throws Throwable {
        Head head = head();
        EntityKey last = head.last();
        KeyRange range = new KeyRange(position, last == null ? upTo : last);
        boolean isLast = last == null || last.equals(upTo);
        if (last != null && !isLast && limits.get().threads() > 1) {
            nextHead = ahead.begin(() -> read(last));
        }
        RangeComparison sides = new RangeComparison(context.platform(), source);
        sides.addTo(head.primary(), head.nanos());
        if (last != null && !boundsChecked) {
            sides.requireBounds(last);
            boundsChecked = true;
        }
        Suspects suspects = new Suspects();
        if (head.digest() == null) {
            sides.compare(head.primary(), head.rows(), range, 2 * head.max(), suspects::take);
        } else if (!isEqual(head.primary(), range, head.digest(), sides)) {
            narrow(head.primary(), range, head.digest().rows(), sides, suspects);
        }
        pageSize.took((int) head.size(), sides.slower() + suspects.nanos, limits.get());
        position = last == null ? position : last;
        Counts counts = suspects.counts.plus(new Counts(head.size(), 0, 0, 0, 0, 0, 0));
        return new Compared(position, counts, suspects.lagging, isLast, (int) head.size());
    }

    /** Confirms what differs at once, so that never more than a portion is held. */
    private final class Suspects {
        private Counts counts = Counts.NONE;
        private final List<EntityKey> lagging = new ArrayList<>();
        private long nanos;

        void take(List<EntityKey> keys) throws Throwable {
            lease.keep();
            if (!keys.isEmpty()) {
                long began = context.platform().nanoTime();
                Confirmation.Outcome outcome = confirmation.confirm(keys, pauses);
                counts = counts.plus(outcome.counts());
                lagging.addAll(outcome.lagging());
                nanos += context.platform().nanoTime() - began;
            }
        }
    }

    private Head head() throws Throwable {
        CompletableFuture<Head> read = nextHead;
        nextHead = null;
        if (read != null) {
            Head head = taken(read);
            // After a move the other side is the one to begin with.
            if (head.primary() == primary()) {
                return head;
            }
        }
        return read(position);
    }

    private static Head taken(CompletableFuture<Head> read) throws Throwable {
        try {
            return read.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() == null ? failed : failed.getCause();
        }
    }

    private Side primary() {
        return context.fence().view().stage().primary();
    }

    /** Called by the thread that reads ahead, too. */
    private Head read(@Nullable EntityKey after) throws Throwable {
        Side primary = primary();
        KeyRange range = new KeyRange(after, upTo);
        int max = pageSize.next(limits.get());
        long began = context.platform().nanoTime();
        Optional<RangeDigest> digest = source.digest(primary, range, max);
        List<Row> rows = List.of();
        if (digest.isEmpty()) {
            rows = source.read(primary, range, max);
            RangeComparison.requirePage(range, rows, max);
        }
        return new Head(
                primary,
                range,
                max,
                digest.orElse(null),
                rows,
                context.platform().nanoTime() - began);
    }

    /** Whether the secondary has the same digest, over no row more. */
    private boolean isEqual(Side primary, KeyRange range, RangeDigest digest, RangeComparison sides) throws Throwable {
        long began = context.platform().nanoTime();
        Optional<RangeDigest> other =
                source.digest(primary.other(), range, (int) Math.min(Integer.MAX_VALUE, digest.rows() + 1));
        sides.addTo(primary.other(), context.platform().nanoTime() - began);
        return other.isPresent()
                && other.get().rows() == digest.rows()
                && other.get().digest().equals(digest.digest());
    }

    private void narrow(Side primary, KeyRange range, long rows, RangeComparison sides, Suspects suspects)
            throws Throwable {
        if (rows <= LEAF) {
            sides.compare(primary, range, 2 * LEAF, suspects::take);
            return;
        }
        int part = (int) Math.max(LEAF, (rows + PARTS - 1) / PARTS);
        EntityKey from = range.after();
        boolean more = true;
        while (more) {
            KeyRange rest = new KeyRange(from, range.upTo());
            lease.keep();
            RangeDigest digest = source.digest(primary, rest, part).orElse(null);
            EntityKey last = digest == null || digest.last() == null ? range.upTo() : digest.last();
            KeyRange here = new KeyRange(from, last);
            if (digest == null) {
                sides.compare(primary, here, 2 * LEAF, suspects::take);
            } else if (!isEqual(primary, here, digest, sides)) {
                narrow(primary, here, digest.rows(), sides, suspects);
            }
            more = digest != null && digest.last() != null && !Objects.equals(last, range.upTo());
            from = last;
        }
    }
}
