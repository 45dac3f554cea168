package dev.crossfade.jdbc.internal.backfill;

import dev.crossfade.Operator;
import dev.crossfade.backfill.BackfillStatus.State;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.fence.Stripes;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Deed;
import dev.crossfade.jdbc.internal.site.SharedBook;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.site.Site.Tables;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.KeyRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The book in the new store's database, shared by all instances. Every answer is the database's; nothing is remembered
 * here.
 */
public final class JdbcBackfillBook implements BackfillBook {
    private final String migration;
    private final String entity;
    private final Site site;
    private final String prefix;
    private final KeyCodec codec;
    private final String instance;
    private final SharedBook shared;

    /** @param site the new store's database */
    public JdbcBackfillBook(
            String migration, String entity, Site site, String prefix, KeyCodec codec, String instance) {
        this.migration = migration;
        this.entity = entity;
        this.site = site;
        this.prefix = prefix;
        this.codec = codec;
        this.instance = instance;
        this.shared = new SharedBook(migration, "the backfill of " + entity, site);
    }

    /** Work on the tables of the backfill. */
    @FunctionalInterface
    private interface BookWork<T> {
        T run(Connection connection, Tables tables, BackfillTables book) throws SQLException;
    }

    private <T> T own(String what, BookWork<T> work) {
        return shared.repeatedly(
                what, () -> site.own((connection, tables) -> work.run(connection, tables, book(tables))));
    }

    private BackfillTables book(Tables tables) {
        return new BackfillTables(tables.dialect(), codec, prefix, migration, entity);
    }

    @Override
    public Optional<Run> look() {
        return shared.repeatedly(
                "be looked up",
                () -> site.ownWithoutWaiting(
                        (connection, tables) -> book(tables).run(connection)));
    }

    @Override
    public Optional<Boolean> begin(FenceView seen, Operator operator) {
        return own("begin", (connection, tables, book) -> {
            FenceRow fence = tables.fence()
                    .lockShared(connection, Stripes.ofThisThread())
                    .orElse(null);
            if (fence == null
                    || fence.role() != Role.SECONDARY
                    || fence.stage() != Stage.LEGACY_PRIMARY
                    || fence.generation() != seen.generation()) {
                return Optional.empty();
            }
            State state = book.lock(connection, seen.generation()).orElse(null);
            if (state == State.RUNNING || state == State.PAUSED || state == State.COMPLETED) {
                return Optional.of(false);
            }
            book.begin(connection, seen.generation(), operator.name());
            audit(connection, tables, "start", fence.epoch(), operator, "backfill of " + entity + " runs");
            return Optional.of(true);
        });
    }

    private static void audit(
            Connection connection, Tables tables, String what, long epoch, Operator operator, String outcome)
            throws SQLException {
        tables.books()
                .audit(
                        connection,
                        new Deed(
                                "backfill " + what,
                                Stage.LEGACY_PRIMARY,
                                Stage.LEGACY_PRIMARY,
                                epoch,
                                operator,
                                outcome));
    }

    @Override
    public boolean turn(long generation, List<State> from, State to, Operator operator, @Nullable String reason) {
        return own("change its state", (connection, tables, book) -> {
            boolean turned = book.turn(connection, generation, from, to, reason);
            if (turned) {
                long epoch =
                        tables.fence().read(connection).map(FenceRow::epoch).orElse(0L);
                String outcome = "backfill of " + entity + " is " + to + (reason == null ? "" : ": " + reason);
                audit(connection, tables, "state", epoch, operator, outcome);
            }
            return turned;
        });
    }

    @Override
    public Optional<Claim> claim(long generation) {
        return own("take a range", (connection, tables, book) -> {
            for (Claim free : book.free(connection, generation)) {
                if (book.takeOver(connection, free, instance, SharedBook.LEASE)) {
                    return Optional.of(new Claim(free.id(), free.token() + 1, generation, free.range()));
                }
            }
            return Optional.empty();
        });
    }

    @Override
    public Optional<Claim> keep(Claim claim, EntityKey end) {
        return own("split a range", (connection, tables, book) -> {
            if (!book.hold(connection, claim, SharedBook.LEASE)) {
                return Optional.empty();
            }
            book.split(connection, claim, end);
            return Optional.of(new Claim(
                    claim.id(),
                    claim.token(),
                    claim.generation(),
                    new KeyRange(claim.range().after(), end)));
        });
    }

    @Override
    public OptionalInt write(Claim claim, long epoch, Collection<EntityKey> keys, Insert insert) throws Throwable {
        for (int attempt = 1; ; attempt++) {
            try {
                OptionalInt written = site.transactions().refresh(() -> writeHere(claim, epoch, keys, insert));
                return written == null ? OptionalInt.empty() : written;
            } catch (Overtaken overtaken) {
                if (attempt == SharedBook.ATTEMPTS) {
                    throw overtaken;
                }
            }
        }
    }

    private OptionalInt writeHere(Claim claim, long epoch, Collection<EntityKey> keys, Insert insert) throws Throwable {
        Tables tables = site.tables();
        BackfillTables book = book(tables);
        Connection connection = site.transactions().connection();
        boolean admitted = tables.fence()
                .lockShared(connection, Stripes.ofThisThread())
                .filter(fence -> fence.role() == Role.SECONDARY
                        && fence.epoch() <= epoch
                        && fence.generation() == claim.generation())
                .isPresent();
        if (!admitted || !book.hold(connection, claim, SharedBook.LEASE)) {
            return OptionalInt.empty();
        }
        Set<EntityKey> known = known(connection, tables, book, keys);
        int inserted = insert.run(known);
        // A refresh may have written or deleted one of them meanwhile; its state is the newer one.
        List<EntityKey> unknown =
                keys.stream().filter(key -> !known.contains(key)).toList();
        if (inserted > 0 && !known(connection, tables, book, unknown).isEmpty()) {
            throw new Overtaken();
        }
        return OptionalInt.of(inserted);
    }

    private static Set<EntityKey> known(
            Connection connection, Tables tables, BackfillTables book, Collection<EntityKey> keys) throws SQLException {
        return keys.isEmpty() || !book.hasLedgerRows(connection)
                ? Set.of()
                : new HashSet<>(
                        tables.ledger().rows(connection, new ArrayList<>(keys)).keySet());
    }

    @Override
    public boolean renew(Claim claim) {
        return own("renew a claim", (connection, tables, book) -> book.hold(connection, claim, SharedBook.LEASE));
    }

    @Override
    public void refuse(Claim claim, EntityKey key, String reason) {
        own("note a refused row", (connection, tables, book) -> {
            if (book.hold(connection, claim, SharedBook.LEASE)) {
                book.refuse(connection, claim.generation(), key, reason);
            }
            return true;
        });
    }

    @Override
    public boolean verified(Claim claim, long rows, long inserted, long marked) {
        return own(
                "note a verified range",
                (connection, tables, book) -> book.strikeOut(connection, claim, rows, inserted, marked));
    }

    @Override
    public void release(Claim claim) {
        own("give a range back", (connection, tables, book) -> {
            book.release(connection, claim);
            return true;
        });
    }

    /** A refresh was faster with one of the keys: the transaction is rolled back, and the page written once more. */
    private static final class Overtaken extends SQLTransactionRollbackException {
        Overtaken() {
            super("a refresh has written a key of the page meanwhile", "40001");
        }
    }
}
