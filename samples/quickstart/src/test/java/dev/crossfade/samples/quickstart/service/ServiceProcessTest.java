package dev.crossfade.samples.quickstart.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.samples.quickstart.flags.FlagFile;
import dev.crossfade.samples.quickstart.h2.DatabaseServer;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.legacy.LegacyOrders;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.LegacySeeder;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.traffic.Journal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance in a process of its own. */
class ServiceProcessTest {
    private static final int ORDERS = 100;

    @TempDir
    Path folder;

    private final EmbeddedDatabase legacy = EmbeddedDatabase.create("process-legacy", LegacyOrders.class, "schema.sql");
    private final EmbeddedDatabase next = EmbeddedDatabase.create("process-new", NextOrders.class, "schema.sql");
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private DatabaseServer server;
    private ServiceProcess instance;

    @BeforeEach
    void start() throws SQLException, IOException, InterruptedException {
        LegacySeeder.seed(legacy.dataSource(), SeedData.generate(ORDERS, SeedData.DEFAULT_SEED));
        server = DatabaseServer.start();
        FlagFile flags = new FlagFile(folder.resolve("flags.json"));
        flags.set("crossfade.orders.reads-to-primary", false);
        ServiceSettings settings =
                new ServiceSettings("a", 0, 1, 0, ORDERS, server.url(legacy), server.url(next), flags.path(), folder);
        instance = ServiceProcess.start(settings, new PrintStream(log, true, StandardCharsets.UTF_8));
        instance.awaitOpen();
    }

    @AfterEach
    void close() {
        instance.close();
        server.close();
        legacy.close();
        next.close();
    }

    @Test
    void it_ends_by_itself_when_the_process_that_commands_it_is_gone() throws Exception {
        instance.abandon();

        assertThat(instance.handle().onExit().get(60, TimeUnit.SECONDS).isAlive())
                .isFalse();
    }

    @Test
    void what_it_acknowledged_before_it_was_killed_is_on_the_disk() throws Exception {
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> instance.report().orElseThrow().traffic().writes() > 20);
        long counted = instance.report().orElseThrow().traffic().writes();

        instance.kill();

        AtomicLong onDisk = new AtomicLong();
        Journal.read(instance.settings().journal(), entry -> {
            if (entry.acknowledges()) {
                onDisk.incrementAndGet();
            }
        });
        assertThat(onDisk.get()).isGreaterThanOrEqualTo(counted);
        assertThat(instance.isAlive()).isFalse();
        assertThatThrownBy(() -> instance.tell("pause", "")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_command_that_fails_tells_why_and_the_instance_goes_on() throws Exception {
        assertThatThrownBy(() -> instance.tell("no-such-command", ""))
                .hasRootCauseMessage("\"java.lang.IllegalArgumentException: Unknown command no-such-command\"");

        assertThat(instance.report().orElseThrow().stage()).isEqualTo("LEGACY_ONLY");
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("a INFO  orders - started in LEGACY_ONLY");
    }
}
