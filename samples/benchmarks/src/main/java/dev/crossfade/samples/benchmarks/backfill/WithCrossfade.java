package dev.crossfade.samples.benchmarks.backfill;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.EntityBuilder;
import dev.crossfade.Migration;
import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Crossfade's backfill, as a service runs it: every page is verified, and every step is in the book. */
final class WithCrossfade {
    private static final Operator OPERATOR =
            Operator.of("benchmark", "measuring").confirmingOnlyWriter();
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final int ATTEMPTS = 10;
    private static final int PAGE = 10_000;

    private final Stores stores;

    WithCrossfade(Stores stores) {
        this.stores = stores;
    }

    private static TableCopy tables(Database legacy, Database next, boolean mapped) {
        TableCopy copy = TableCopy.from(legacy, "SELECT * FROM parcel")
                .to(next, "parcel")
                .key("id", Long.class);
        for (String column : Stores.COLUMNS.subList(1, Stores.COLUMNS.size())) {
            copy = mapped && column.equals("status")
                    ? copy.column(column, row -> row.getString("status"))
                    : copy.column(column);
        }
        return copy;
    }

    /** From table to table. */
    double tables(int threads, boolean mapped) throws Exception {
        return run(threads, (entity, legacy, next) -> entity.backfill(tables(legacy, next, mapped)));
    }

    /** By the repository's methods. */
    double repository(int threads) throws Exception {
        return run(threads, (entity, legacy, next) -> entity.backfill(Parcels::findPage));
    }

    /** Says how rows are read. */
    private interface Rows {
        void declare(EntityBuilder<Parcels, Parcel, Long> entity, Database legacy, Database next);
    }

    /** Rows a second from the start of the backfill until it says that it is complete. */
    private double run(int threads, Rows rows) throws Exception {
        try (HikariDataSource legacyPool = stores.legacy();
                HikariDataSource nextPool = stores.next()) {
            Database legacy = Database.of("legacy", legacyPool);
            Database next = Database.of("new", nextPool);
            try (Migration migration = Migration.of("parcels")
                    .between(legacy, next)
                    .repository(
                            Parcels.class,
                            r -> rows.declare(
                                    r.from(new SqlParcels(legacy.dataSource(), false))
                                            .to(new SqlParcels(next.dataSource(), stores.toMariaDb()))
                                            .key(Parcel.class, Parcel::id)
                                            .overwrite(Parcels::put)
                                            .findAll(Parcels::findAllById)
                                            .overwriteAll(Parcels::putAll)
                                            .deleteAll(Parcels::deleteAllById),
                                    legacy,
                                    next))
                    .control(ManualControl.create())
                    .build()
                    .start()) {
                MoveResult moved = migration.moveTo(Stage.LEGACY_PRIMARY, OPERATOR);
                // As on a busy machine.
                for (int attempt = 1; attempt < ATTEMPTS && moved instanceof MoveResult.Aborted; attempt++) {
                    moved = migration.moveTo(Stage.LEGACY_PRIMARY, OPERATOR);
                }
                if (!(moved instanceof MoveResult.Moved)) {
                    throw new IllegalStateException("could not move: " + moved);
                }
                Backfill backfill = migration.backfill(Parcels.class);
                backfill.limits(backfill.limits().withThreads(threads));
                long began = System.nanoTime();
                BackfillStatus status = backfill.start(OPERATOR).awaitEnd(LIMIT);
                long nanos = System.nanoTime() - began;
                if (status.state() != RunState.COMPLETED || status.marked() > 0) {
                    throw new IllegalStateException("the backfill ended as " + status);
                }
                return stores.rows() * 1e9 / nanos;
            }
        }
    }

    /** The same reads and writes as those of {@link #tables}, in ranges, without book, fence and verification. */
    void pagesAlone(int ranges) throws Exception {
        try (HikariDataSource legacyPool = stores.legacy();
                HikariDataSource nextPool = stores.next()) {
            Database next = Database.of("new", nextPool);
            BackfillSource source =
                    tables(Database.of("legacy", legacyPool), next, false).of("Parcel");
            ExecutorService threads = Executors.newFixedThreadPool(ranges);
            try {
                List<Callable<Boolean>> work = new ArrayList<>();
                for (int i = 0; i < ranges; i++) {
                    long after = (long) stores.rows() * i / ranges;
                    long upTo = (long) stores.rows() * (i + 1) / ranges;
                    work.add(() -> copy(source, next, after, upTo));
                }
                for (Future<Boolean> done : threads.invokeAll(work)) {
                    done.get();
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    private static boolean copy(BackfillSource source, Database next, long after, long upTo) throws Exception {
        EntityKey last = new EntityKey("Parcel", upTo);
        EntityKey from = new EntityKey("Parcel", after);
        try {
            while (!from.equals(last)) {
                List<Row> rows = source.read(Side.LEGACY, new KeyRange(from, last), PAGE);
                next.inTransaction(() -> source.insertMissing(rows));
                from = rows.get(rows.size() - 1).key();
            }
            return true;
        } catch (Exception | Error failure) {
            throw failure;
        } catch (Throwable other) {
            throw new IllegalStateException(other);
        }
    }
}
