package dev.crossfade.jdbc.kill;

import dev.crossfade.Migration;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** An instance that also moves the primary to and fro. */
public final class LibraryWorkload extends MigratingWorkload {
    private static final int HOT_KEYS = 10;
    private static final int KEYS = 2_000;
    private static final Duration LONGEST_PAUSE_BETWEEN_MOVES = Duration.ofMillis(1_500);

    private final Migration migration;
    private final Items items;
    private final Thread mover;
    private volatile boolean closed;

    public LibraryWorkload(Context context) {
        super(context);
        List<String> arguments = context.arguments();
        Thread worker = Thread.currentThread();
        this.mover = new Thread(this::move, "mover");
        this.migration = migration(
                Database.of(
                        "legacy",
                        CrashingPool.of(pool(arguments.subList(0, 3)), done -> committed(worker, Side.LEGACY))),
                Database.of("new", CrashingPool.of(pool(arguments.subList(3, 6)), done -> committed(worker, Side.NEW))),
                items -> {});
        this.items = migration.repository(Items.class);
        migration.start();
        mover.setDaemon(true);
        mover.start();
    }

    @Override
    Migration migration() {
        return migration;
    }

    @Override
    Items items() {
        return items;
    }

    @Override
    String key(RandomGenerator random) {
        return "item-" + random.nextInt(random.nextBoolean() ? HOT_KEYS : KEYS);
    }

    /** On whichever thread of the library has just committed something on this side. */
    private void committed(Thread worker, Side side) {
        Thread current = Thread.currentThread();
        CrashPoints crashPoints = context().crashPoints();
        if (current == worker) {
            crashPoints.reached(CrashPoint.AFTER_PRIMARY_COMMIT);
        } else if (current.getName().contains("relay")) {
            // On the primary it has read, or noted what it did.
            if (side != migration.status().stage().primary()) {
                crashPoints.reached(CrashPoint.AFTER_APPLY);
            }
        } else if (current == mover && crashPoints.isArmedForMove()) {
            String roles = role(context().arguments().subList(0, 3), 'L')
                    + " "
                    + role(context().arguments().subList(3, 6), 'N');
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
        RandomGenerator random = new SplittableRandom(context().writer().hashCode());
        while (!closed) {
            LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_BETWEEN_MOVES.toNanos()));
            Stage now = migration.status().stage();
            migration.moveTo(now == Stage.NEW_PRIMARY ? Stage.LEGACY_PRIMARY : Stage.NEW_PRIMARY, OPERATOR);
        }
    }

    @Override
    public void close() {
        closed = true;
        super.close();
    }
}
