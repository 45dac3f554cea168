package dev.crossfade.internal.backfill;

import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.internal.pages.Lease;
import dev.crossfade.internal.pages.Marks;
import dev.crossfade.internal.pages.Overrun;
import dev.crossfade.internal.pages.RangeComparison;
import dev.crossfade.internal.pages.Wake;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.internal.view.Presence;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.BackfillBook.Claim;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One page: read it on the primary, give the rest of the range back, insert what the secondary lacks, read the range on both
 * sides, mark every key that differs or stands on one side only, strike the range out. Used once, by one thread.
 */
final class Page {
    private static final Side PRIMARY = Side.LEGACY;
    private static final Side SECONDARY = Side.NEW;

    private final Context context;
    private final BackfillSource source;
    private final RangeComparison sides;
    private final BackfillBook book;
    private final long epoch;
    private final long maxRefused;
    private final Wake wake;

    private int read;
    private int inserted;
    private int refused;
    private long marked;

    /** @param epoch of the fence; a page that outlasts it is given up */
    Page(Context context, BackfillSource source, BackfillBook book, long epoch, long maxRefused, Wake wake) {
        this.context = context;
        this.source = source;
        this.sides = new RangeComparison(context.platform(), source);
        this.book = book;
        this.epoch = epoch;
        this.maxRefused = maxRefused;
        this.wake = wake;
    }

    /**
     * Copies and verifies the first page of a claimed range.
     *
     * @return the claim to be struck out; {@code null} if claim or fence have gone, and then someone else does it again
     * @throws Overrun   if the backfill cannot go on
     * @throws Throwable what a store throws; the range is still to be done
     */
    @Nullable
    Claim copy(Claim claim, int max) throws Throwable {
        Lease lease = new Lease(
                context,
                () -> book.renew(claim),
                "the range was taken over. The page is not verified. It is copied and verified again.");
        // The rows are not held any more while the range is verified.
        Claim written = write(claim, max);
        if (written == null) {
            return null;
        }
        Marks marks = new Marks(
                context,
                epoch,
                wake::isClosed,
                lease::keep,
                "The page is not verified. It is copied and verified again.");
        // In portions that fit into memory: the range may have grown, and the secondary may have rows of its own.
        sides.compare(PRIMARY, written.range(), Math.max(100, 2 * max), different -> {
            marks.mark(different);
            lease.keep();
        });
        marked = marks.marked();
        return written;
    }

    /** Strikes out what {@link #copy} has verified; false if the claim has gone. */
    boolean strikeOut(Claim written) {
        return book.verified(written, read, inserted, marked);
    }

    /** The claim on what was written; {@code null} if claim or fence have gone. */
    private @Nullable Claim write(Claim claim, int max) throws Throwable {
        List<Row> rows = sides.read(PRIMARY, claim.range(), max);
        RangeComparison.requirePage(claim.range(), rows, max);
        read = rows.size();
        Claim kept = rows.isEmpty() ? claim : keep(claim, RangeComparison.lastOf(rows));
        if (kept == null) {
            return null;
        }
        long began = context.platform().nanoTime();
        boolean written = insert(kept, rows);
        sides.addTo(SECONDARY, context.platform().nanoTime() - began);
        return written ? kept : null;
    }

    /**
     * Gives the rest of the range back, even after a page that is not full: where the repository reads in two steps, a delete
     * in between makes it shorter.
     */
    private @Nullable Claim keep(Claim claim, EntityKey last) throws Throwable {
        if (last.equals(claim.range().upTo())) {
            return claim;
        }
        sides.requireBounds(last);
        Claim kept = book.keep(claim, last).orElse(null);
        wake.changed();
        return kept;
    }

    private boolean insert(Claim claim, List<Row> rows) throws Throwable {
        Deque<List<Row>> rest = new ArrayDeque<>();
        List<Row> fit = new ArrayList<>();
        for (Row row : rows) {
            String refusal = row.refusal();
            if (refusal == null) {
                fit.add(row);
            } else {
                refuse(claim, row.key(), refusal);
            }
        }
        if (!fit.isEmpty()) {
            rest.push(fit);
        }
        while (!rest.isEmpty()) {
            List<Row> batch = rest.pop();
            try {
                OptionalInt written = write(claim, batch);
                if (written.isEmpty()) {
                    return false;
                }
                inserted += written.getAsInt();
            } catch (MigrationException | Overrun ours) {
                throw ours;
            } catch (Throwable failure) {
                if (FailureKind.of(failure) != FailureKind.REFUSED || FailureKind.isOfSchema(failure)) {
                    throw failure;
                }
                // The database does not say which row it refuses: halve the batch until it is alone.
                if (batch.size() == 1) {
                    refuse(claim, batch.get(0).key(), reason(failure));
                } else {
                    int half = batch.size() / 2;
                    rest.push(batch.subList(half, batch.size()));
                    rest.push(batch.subList(0, half));
                }
            }
        }
        return true;
    }

    /** A class that operators can count by, whatever the database calls it. */
    private static String reason(Throwable failure) {
        String summary = FailureSummary.of(failure).toString();
        return FailureKind.isDuplicate(failure)
                ? "another row has a value that must be unique (" + summary + ")"
                : summary;
    }

    private OptionalInt write(Claim claim, List<Row> rows) throws Throwable {
        return book.write(claim, epoch, rows.stream().map(Row::key).toList(), known -> {
            List<Row> unknown =
                    rows.stream().filter(row -> !known.contains(row.key())).toList();
            if (unknown.isEmpty()) {
                return 0;
            }
            Presence presence = Presence.on(context.store(SECONDARY));
            Integer done = context.store(SECONDARY).inTransaction(() -> source.insertMissing(unknown));
            if (presence.ranNothing()) {
                throw new Overrun(presence.complaint(
                        "an overwrite of " + rows.get(0).key().entity()));
            }
            return done == null ? 0 : done;
        });
    }

    private void refuse(Claim claim, EntityKey key, String reason) throws Overrun {
        book.refuse(claim, key, reason);
        refused++;
        long all = book.look().map(BackfillBook.Run::refused).orElse(0L);
        if (all > maxRefused) {
            throw new Overrun("the new store refuses more than " + maxRefused
                    + " rows (the last with " + reason
                    + "); mend the mapping or the tables, or raise maxRefused, and start the backfill again");
        }
    }

    /** How long the slower side was busy, in nanoseconds. */
    long slower() {
        return sides.slower();
    }

    int read() {
        return read;
    }

    int inserted() {
        return inserted;
    }

    int refused() {
        return refused;
    }

    long marked() {
        return marked;
    }
}
