package dev.crossfade.simulator;

import dev.crossfade.Migration;
import dev.crossfade.Store;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.internal.memory.InMemoryCoordination;
import dev.crossfade.internal.memory.InMemoryFence;
import dev.crossfade.internal.memory.InMemoryLedger;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Platform;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.Collection;

/** One life of the process: the real migration on simulated ports. */
final class Service {
    private static final String NAME = "simulated";

    final Migration migration;
    final Items items;
    final ManualControl control = ManualControl.create();
    private final SimulatedPlatform platform;
    private final Coordination coordination;

    Service(World world, Mutant mutant, Stage stage) {
        this.platform = new SimulatedPlatform(world.scheduler);
        this.coordination = coordinate(world, mutant, platform);
        Scenario scenario = world.scenario;
        this.migration = Migration.of(NAME)
                .between(Store.plain("old"), Store.plain("fresh"))
                .repository(Items.class, r -> {
                    var entity = r.from(world.old)
                            .to(world.fresh)
                            .key(Item.class, Item::id)
                            .named(World.ENTITY)
                            .find((store, key) -> mutant.find((FakeItems) store, key))
                            .overwrite((store, item) -> ((FakeItems) store).overwrite(item))
                            .delete((store, key) -> mutant.erase((FakeItems) store, key));
                    if (scenario.bulk() && mutant.leavesBulkAlone()) {
                        entity.findAll((Items store, Collection<Long> keys) -> ((FakeItems) store).statesOf(keys))
                                .overwriteAll((store, rows) -> ((FakeItems) store).overwriteAll(rows))
                                .deleteAll((store, keys) -> ((FakeItems) store).eraseAll(keys));
                    }
                })
                .control(control)
                .startingAt(stage)
                .platform(platform)
                .meters(new CompositeMeterRegistry())
                .coordinatedBy(setup -> coordination)
                .relay(relay -> relay.threads(scenario.relayThreads()).maxAttempts(scenario.maxAttempts()))
                .reads(reads -> {
                    if (scenario.deadline()) {
                        reads.deadline(Duration.ofMillis(20)).threads(2);
                    }
                })
                .build();
        this.items = migration.repository(Items.class);
        migration.start();
    }

    private static Coordination coordinate(World world, Mutant mutant, Platform on) {
        InMemoryFence fence = new InMemoryFence(NAME, on);
        InMemoryLedger ledger = new InMemoryLedger(on, world.scenario.ledgerCapacity(), world.scenario.maxAttempts());
        world.checker.processBegins(key -> ledger.isDirty(new EntityKey(World.ENTITY, key)));
        return new InMemoryCoordination(
                mutant.fence(new SimulatedFence(fence, world.scheduler, world.checker), world),
                mutant.ledger(
                        new SimulatedLedger(
                                ledger, world.scheduler, world.checker, world.universe, world.scenario.duplicateRate()),
                        world));
    }

    Stage stage() {
        return coordination.fence().view().stage();
    }

    int dirty() {
        return coordination.ledger().status().dirty();
    }

    /** How many threads of the library have not ended. */
    int liveThreads() {
        return platform.live();
    }
}
