package dev.crossfade.spring;

import dev.crossfade.Migration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the migrations when all beans are made, before anything takes requests, and closes them when nothing does any more and
 * the pools are still open.
 */
final class MigrationLifecycle implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    static final String BEAN = "crossfadeLifecycle";

    /** Far before web servers, listeners and schedulers start, which is far after they have stopped. */
    static final int PHASE = Integer.MIN_VALUE / 2;

    private final List<Migration> migrations;
    private volatile boolean running;

    MigrationLifecycle(List<Migration> migrations) {
        this.migrations = migrations;
    }

    @Override
    public void start() {
        // Before the first one: if the second cannot start, the first is closed all the same.
        running = true;
        migrations.forEach(migration -> {
            migration.start();
            log.info("{}", migration.plan());
        });
    }

    @Override
    public void stop() {
        running = false;
        migrations.forEach(Migration::close);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A migration that was closed cannot be started again, and its writes go on in tests that share a context. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
