package dev.crossfade.simulator;

import dev.crossfade.spi.EntityKey;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/** What outlives a process: the stores, time, and who watches. */
final class World {
    static final String ENTITY = "Item";

    final Scenario scenario;
    final Scheduler scheduler;
    final Checker checker;
    final CallLog calls;
    final Faults faults;
    final FakeItems old;
    final FakeItems fresh;
    final List<EntityKey> universe;

    /** Called before a client's write of a key takes effect; for mutants. */
    LongConsumer beforeWrite = key -> {};

    private long stamps;

    World(Scenario scenario, Random random) {
        this.scenario = scenario;
        this.scheduler = new Scheduler(random, scenario.switchRate(), scenario.delayRate());
        this.checker = new Checker(scheduler::fail);
        this.calls = new CallLog(scheduler, checker);
        this.faults = new Faults(random, scenario.secondaryRate(), scenario.primaryRate(), scenario.hangRate());
        this.old = new FakeItems(Place.OLD, this);
        this.fresh = new FakeItems(Place.FRESH, this);
        this.universe = LongStream.rangeClosed(1, scenario.keys())
                .mapToObj(id -> new EntityKey(ENTITY, id))
                .toList();
        scheduler.onEveryStep(checker::checkNow);
        for (long id = 1; id <= scenario.keys(); id++) {
            boolean present = random.nextBoolean();
            long stamp = present ? newStamp() : KeyHistory.ABSENT;
            checker.key(id, stamp);
            if (present) {
                old.put(new Item(id, stamp));
            }
        }
    }

    FakeItems primary() {
        return checker.primary() == Place.OLD ? old : fresh;
    }

    Random random() {
        return scheduler.random();
    }

    long newStamp() {
        return ++stamps;
    }

    long anyKey() {
        return 1L + random().nextInt(scenario.keys());
    }

    List<Long> allKeys() {
        return LongStream.rangeClosed(1, scenario.keys()).boxed().toList();
    }
}
