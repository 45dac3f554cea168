package dev.crossfade.internal.backfill;

import dev.crossfade.MigrationException;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.Side;
import dev.crossfade.backfill.BackfillLimits;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.internal.view.Presence;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.BackfillBook.Claim;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Fence.Hold;
import dev.crossfade.spi.KeyRange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One page: read it on the primary, give the rest of the range back, insert what the secondary lacks, read the range on both
 * sides, mark every key that differs or stands on one side only, strike the range out. Used once, by one thread.
 */
final class Page {
    private static final Side PRIMARY = Side.LEGACY;
    private static final Side SECONDARY = Side.NEW;
    private static final Duration ROOM = Duration.ofMillis(200);

    private final Context context;
    private final BackfillSource source;
    private final BackfillBook book;
    private final long epoch;
    private final BackfillLimits limits;
    private final Wake wake;

    private long onPrimary;
    private long onSecondary;
    private int read;
    private int inserted;
    private int refused;
    private long marked;

    /** @param epoch of the fence; a page that outlasts it is given up */
    Page(Context context, BackfillSource source, BackfillBook book, long epoch, BackfillLimits limits, Wake wake) {
        this.context = context;
        this.source = source;
        this.book = book;
        this.epoch = epoch;
        this.limits = limits;
        this.wake = wake;
    }

    /**
     * Copies and verifies the first page of a claimed range.
     *
     * @return whether it was struck out; false if claim or fence have gone, and then someone else does it again
     * @throws Overrun   if the backfill cannot go on
     * @throws Throwable what a store throws; the range is still to be done
     */
    boolean copy(Claim claim, int max) throws Throwable {
        // The rows are not held any more while the range is verified.
        Claim written = write(claim, max);
        if (written == null) {
            return false;
        }
        verify(written, Math.max(100, 2 * max));
        return book.verified(written, read, inserted, marked);
    }

    /** The claim on what was written; {@code null} if claim or fence have gone. */
    private @Nullable Claim write(Claim claim, int max) throws Throwable {
        List<Row> rows = readPrimary(claim.range(), max);
        requirePage(claim.range(), rows, max);
        read = rows.size();
        Claim kept = rows.isEmpty() ? claim : keep(claim, lastOf(rows));
        if (kept == null) {
            return null;
        }
        long began = now();
        boolean written = insert(kept, rows);
        onSecondary += now() - began;
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
        requireBounds(last);
        Claim kept = book.keep(claim, last).orElse(null);
        wake.changed();
        return kept;
    }

    private long now() {
        return context.platform().nanoTime();
    }

    private List<Row> readPrimary(KeyRange range, int max) throws Throwable {
        long began = now();
        List<Row> rows = source.read(PRIMARY, range, max);
        onPrimary += now() - began;
        return rows;
    }

    private List<Row> readSecondary(KeyRange range, int max) throws Throwable {
        long began = now();
        List<Row> rows = source.read(SECONDARY, range, max);
        onSecondary += now() - began;
        return rows;
    }

    private static void requirePage(KeyRange range, List<Row> rows, int max) throws Overrun {
        Set<EntityKey> keys = new HashSet<>();
        rows.forEach(row -> keys.add(row.key()));
        if (rows.size() > max || keys.size() < rows.size() || keys.contains(range.after())) {
            throw new Overrun("a page by key returned more rows than asked for, a key twice, or the key that it should "
                    + "have begun after; mend it and start the backfill again");
        }
    }

    /** A page that does not heed its bounds would make the backfill skip rows or run in a circle. */
    private void requireBounds(EntityKey key) throws Throwable {
        for (Side side : Side.values()) {
            if (!source.read(side, new KeyRange(key, key), 1).isEmpty()) {
                throw new Overrun(
                        "a page by key of the " + side + " store returned rows beyond its last key or up to the "
                                + "key that it should have begun after; mend it and start the backfill again");
            }
        }
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
                if (FailureKind.of(failure) != FailureKind.REFUSED) {
                    throw failure;
                }
                // The database does not say which row it refuses: halve the batch until it is alone.
                if (batch.size() == 1) {
                    refuse(claim, batch.get(0).key(), FailureSummary.of(failure).toString());
                } else {
                    int half = batch.size() / 2;
                    rest.push(batch.subList(half, batch.size()));
                    rest.push(batch.subList(0, half));
                }
            }
        }
        return true;
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
        if (all > limits.maxRefused()) {
            throw new Overrun("the new store refuses more than " + limits.maxRefused()
                    + " rows (the last with " + reason
                    + "); mend the mapping or the tables, or raise maxRefused, and start the backfill again");
        }
    }

    /** In portions that fit into memory: the range may have grown, and the secondary may have rows of its own. */
    private void verify(Claim claim, int max) throws Throwable {
        KeyRange range = claim.range();
        EntityKey from = range.after();
        boolean more = true;
        while (more) {
            List<Row> primary = readPrimary(new KeyRange(from, range.upTo()), max);
            EntityKey upTo = primary.isEmpty() ? range.upTo() : lastOf(primary);
            mark(claim, different(primary, new KeyRange(from, upTo), max));
            more = !primary.isEmpty() && !lastOf(primary).equals(range.upTo());
            from = upTo;
            if (more) {
                renew(claim);
            }
        }
    }

    private static EntityKey lastOf(List<Row> rows) {
        return rows.get(rows.size() - 1).key();
    }

    /** Keys of the range whose rows differ or stand on one side only. An empty page alone tells that there is no more. */
    private List<EntityKey> different(List<Row> primary, KeyRange range, int max) throws Throwable {
        Map<EntityKey, Row> expected = new LinkedHashMap<>();
        primary.forEach(row -> expected.put(row.key(), row));
        List<EntityKey> different = new ArrayList<>();
        EntityKey from = range.after();
        List<Row> secondary;
        do {
            secondary = readSecondary(new KeyRange(from, range.upTo()), max);
            for (Row row : secondary) {
                Row wanted = expected.remove(row.key());
                if (wanted == null || !isSame(wanted, row)) {
                    different.add(row.key());
                }
                from = row.key();
            }
        } while (!secondary.isEmpty() && !Objects.equals(from, range.upTo()));
        different.addAll(expected.keySet());
        return different;
    }

    private boolean isSame(Row primary, Row secondary) {
        return primary.refusal() == null && secondary.refusal() == null && source.isSame(primary, secondary);
    }

    /** The mark is bound to the epoch in which the difference was found. */
    private void mark(Claim claim, List<EntityKey> keys) throws InterruptedException {
        int done = 0;
        while (done < keys.size()) {
            if (wake.isClosed()) {
                throw moved("the backfill was stopped");
            }
            int accepted = markUnderFence(keys.subList(done, keys.size()));
            done += accepted;
            marked += accepted;
            if (accepted == 0) {
                int full = context.ledger().dirtyCount();
                context.ledger().progress().await(() -> context.ledger().dirtyCount() < full, ROOM);
                renew(claim);
            }
        }
    }

    /** What takes long must not be taken over for that: two instances could go on doing it again and again. */
    private void renew(Claim claim) {
        if (!book.renew(claim)) {
            throw moved("the range was taken over");
        }
    }

    private int markUnderFence(List<EntityKey> keys) {
        Hold hold = context.fence().enterSecondary(epoch).orElseThrow(() -> moved("the fence has left epoch " + epoch));
        try {
            return context.ledger().mark(epoch, keys);
        } finally {
            hold.release();
        }
    }

    private PhaseMovedException moved(String what) {
        return new PhaseMovedException(
                context.migration(), what + ". The page is not verified. It is copied and verified again.");
    }

    /** How long the slower side was busy, in nanoseconds. */
    long slower() {
        return Math.max(onPrimary, onSecondary);
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
