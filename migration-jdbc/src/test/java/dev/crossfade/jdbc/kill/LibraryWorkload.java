package dev.crossfade.jdbc.kill;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.Migration;
import dev.crossfade.Operator;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.Side;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.jdbc.kill.OperationLog.Entry;
import dev.crossfade.jdbc.kill.OperationLog.Kind;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * One instance of a service whose items migrate between two PostgreSQL databases, and which moves the primary to and fro
 * meanwhile. Arguments: url, user and password of legacy, and of the new database.
 */
public final class LibraryWorkload implements Workload {
    static final Operator OPERATOR = Operator.of("kill loop", "test").confirmingOnlyWriter();

    private static final int HOT_KEYS = 10;
    private static final int KEYS = 2_000;
    private static final int MOST_KEYS_IN_A_TRANSACTION = 3;
    private static final int DELETES_IN_TEN = 3;
    private static final Duration LONGEST_PAUSE_BETWEEN_MOVES = Duration.ofMillis(1_500);

    private final Context context;
    private final Migration migration;
    private final Items items;
    private final Thread mover;
    private final List<HikariDataSource> pools = new ArrayList<>();
    private volatile boolean closed;

    public LibraryWorkload(Context context) {
        this.context = context;
        List<String> arguments = context.arguments();
        Thread worker = Thread.currentThread();
        HikariDataSource legacyPool = pool(arguments.subList(0, 3));
        HikariDataSource newPool = pool(arguments.subList(3, 6));
        this.mover = new Thread(this::move, "mover");
        this.migration = migration(
                Database.of("legacy", CrashingPool.of(legacyPool, () -> committed(worker, Side.LEGACY))),
                Database.of("new", CrashingPool.of(newPool, () -> committed(worker, Side.NEW))));
        this.items = migration.repository(Items.class);
        migration.start();
        mover.setDaemon(true);
        mover.start();
    }

    /** The migration of items between two databases. */
    static Migration migration(Database legacy, Database next) {
        return Migration.of("items")
                .between(legacy, next)
                .coordinatedBy(JdbcCoordination.between(legacy, next).textKeys("Item", "item.id", "item.id"))
                .repository(
                        Items.class,
                        r -> r.from(new PostgresItems(legacy.dataSource()))
                                .to(new PostgresItems(next.dataSource()))
                                .key(Item.class, Item::id)
                                .overwrite((store, item) -> store.putAll(List.of(item)))
                                .delete((store, id) -> store.deleteAllById(List.of(id)))
                                .findAll(Items::findAllById)
                                .overwriteAll(Items::putAll)
                                .deleteAll(Items::deleteAllById))
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry())
                .closeTimeout(Duration.ofSeconds(5))
                .build();
    }

    private HikariDataSource pool(List<String> address) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(address.get(0));
        config.setUsername(address.get(1));
        config.setPassword(address.get(2));
        config.setMaximumPoolSize(6);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5_000);
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return pool;
    }

    /** On whichever thread of the library has just committed something on this side. */
    private void committed(Thread worker, Side side) {
        Thread current = Thread.currentThread();
        CrashPoints crashPoints = context.crashPoints();
        if (current == worker) {
            crashPoints.reached(CrashPoint.AFTER_PRIMARY_COMMIT);
        } else if (current.getName().contains("relay")) {
            // On the primary it has read, or noted what it did.
            if (side != migration.status().stage().primary()) {
                crashPoints.reached(CrashPoint.AFTER_APPLY);
            }
        } else if (current == mover && crashPoints.isArmedForMove()) {
            String roles = role(context.arguments().subList(0, 3), 'L')
                    + " "
                    + role(context.arguments().subList(3, 6), 'N');
            switch (roles) {
                case "DRAINING SECONDARY", "SECONDARY DRAINING" -> crashPoints.reached(CrashPoint.AFTER_DRAIN);
                case "DRAINING PREPARED", "PREPARED DRAINING" -> crashPoints.reached(CrashPoint.AFTER_PREPARE);
                case "SECONDARY PREPARED", "PREPARED SECONDARY" -> crashPoints.reached(CrashPoint.AFTER_RELEASE);
                default -> {
                    // Another step, or nothing of the fence.
                }
            }
        }
    }

    private static String role(List<String> address, char side) {
        try (Connection connection = DriverManager.getConnection(address.get(0), address.get(1), address.get(2));
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(
                        "SELECT role FROM crossfade_fence WHERE stripe = 0 AND side = '" + side + "'")) {
            return row.next() ? row.getString(1) : "NONE";
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void move() {
        RandomGenerator random = new SplittableRandom(context.writer().hashCode());
        while (!closed) {
            LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_BETWEEN_MOVES.toNanos()));
            Stage now = migration.status().stage();
            migration.moveTo(now == Stage.NEW_PRIMARY ? Stage.LEGACY_PRIMARY : Stage.NEW_PRIMARY, OPERATOR);
        }
    }

    @Override
    public void step(RandomGenerator random) throws Exception {
        TreeSet<String> keys = new TreeSet<>();
        int count = random.nextInt(1, MOST_KEYS_IN_A_TRANSACTION + 1);
        while (keys.size() < count) {
            keys.add("item-" + random.nextInt(random.nextBoolean() ? HOT_KEYS : KEYS));
        }
        List<Entry> entries = new ArrayList<>();
        try {
            migration.inTransaction(() -> {
                // Run again after a move: what the attempt before intended has been rolled back.
                takeBack(entries);
                for (String key : keys) {
                    entries.addAll(change(key, random));
                }
                if (!entries.isEmpty()) {
                    context.log().intend(entries);
                }
                context.crashPoints().reached(CrashPoint.BEFORE_COMMIT);
                return true;
            });
            if (!entries.isEmpty()) {
                context.log().acknowledge(entries);
            }
        } catch (RetryableWriteException refused) {
            takeBack(entries);
        } catch (CommitOutcomeUnknownException unknown) {
            entries.clear();
        }
    }

    private void takeBack(List<Entry> entries) throws Exception {
        if (!entries.isEmpty()) {
            context.log().rolledBack(entries);
            entries.clear();
        }
    }

    private List<Entry> change(String key, RandomGenerator random) {
        if (random.nextInt(10) >= DELETES_IN_TEN) {
            Item changed = items.change(key, context.writer(), "payload " + random.nextInt());
            return List.of(new Entry(Kind.WRITE, changed.order(), key));
        }
        OptionalLong removed = items.remove(key);
        return removed.isPresent() ? List.of(new Entry(Kind.DELETE, removed.getAsLong(), key)) : List.of();
    }

    @Override
    public void close() {
        closed = true;
        migration.close();
        pools.forEach(HikariDataSource::close);
    }
}
