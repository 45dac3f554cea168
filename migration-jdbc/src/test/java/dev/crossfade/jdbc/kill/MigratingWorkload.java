package dev.crossfade.jdbc.kill;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.EntityBuilder;
import dev.crossfade.Migration;
import dev.crossfade.Operator;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.control.ManualControl;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.jdbc.kill.OperationLog.Entry;
import dev.crossfade.jdbc.kill.OperationLog.Kind;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One instance of a service whose items migrate between two databases: it changes and deletes some of them in
 * each step. Arguments: url, user and password of legacy, and of the new database.
 */
abstract class MigratingWorkload implements Workload {
    static final Operator OPERATOR = Operator.of("kill loop", "test").confirmingOnlyWriter();

    private static final int MOST_KEYS_IN_A_TRANSACTION = 3;
    private static final int DELETES_IN_TEN = 3;

    private final Context context;
    private final List<HikariDataSource> pools = new ArrayList<>();

    MigratingWorkload(Context context) {
        this.context = context;
    }

    /**
     * The migration of items between two databases.
     *
     * @param more what else there is to say of them
     */
    static Migration migration(Database legacy, Database next, Consumer<EntityBuilder<Items, Item, String>> more) {
        return Migration.of("items")
                .between(legacy, next)
                .coordinatedBy(JdbcCoordination.between(legacy, next).textKeys("Item", "item.id", "item.id"))
                .repository(
                        Items.class,
                        r -> more.accept(r.from(new JdbcItems(legacy.dataSource()))
                                .to(new JdbcItems(next.dataSource()))
                                .key(Item.class, Item::id)
                                .overwrite((store, item) -> store.putAll(List.of(item)))
                                .delete((store, id) -> store.deleteAllById(List.of(id)))
                                .findAll(Items::findAllById)
                                .overwriteAll(Items::putAll)
                                .deleteAll(Items::deleteAllById)))
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry())
                .closeTimeout(Duration.ofSeconds(5))
                .build();
    }

    Context context() {
        return context;
    }

    abstract Migration migration();

    abstract Items items();

    /** One of the keys that the next step changes. */
    abstract String key(RandomGenerator random);

    HikariDataSource pool(List<String> address) {
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

    @Override
    public void step(RandomGenerator random) throws Exception {
        TreeSet<String> keys = new TreeSet<>();
        int count = random.nextInt(1, MOST_KEYS_IN_A_TRANSACTION + 1);
        while (keys.size() < count) {
            keys.add(key(random));
        }
        List<Entry> entries = new ArrayList<>();
        try {
            migration().inTransaction(() -> {
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
        } catch (JdbcItems.ItemsFailed failed) {
            // MariaDB ends a deadlock of two that insert the same key by the loss of one.
            if (!failed.gaveWay()) {
                throw failed;
            }
            takeBack(entries);
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
            Item changed = items().change(key, context.writer(), "payload " + random.nextInt());
            return List.of(new Entry(Kind.WRITE, changed.order(), key));
        }
        OptionalLong removed = items().remove(key);
        return removed.isPresent() ? List.of(new Entry(Kind.DELETE, removed.getAsLong(), key)) : List.of();
    }

    @Override
    public void close() {
        migration().close();
        pools.forEach(HikariDataSource::close);
    }
}
