package dev.crossfade.simulator;

import dev.crossfade.PhaseMovedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes and reads like a service, and judges what it is told. */
final class Client implements Runnable {
    private static final long LONGEST_WAIT = 50_000_000L;

    private final World world;
    private final Service service;

    /** The index in a key's history of this client's last acknowledged write. */
    private final Map<Long, Integer> own = new HashMap<>();

    Client(World world, Service service) {
        this.world = world;
        this.service = service;
    }

    /** Something that a client asks for. */
    @FunctionalInterface
    interface Request {
        @Nullable
        Object run() throws Throwable;
    }

    /** The service's own reason to give up a unit of work. */
    private static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public void run() {
        try {
            for (int n = 0; n < world.scenario.calls(); n++) {
                act();
                if (world.random().nextInt(4) == 0) {
                    world.scheduler.sleep(world.random().nextInt(30_000_000));
                }
            }
        } catch (Throwable failure) {
            throw Sneaky.<RuntimeException>rethrow(failure);
        }
    }

    private void act() throws Throwable {
        long key = world.anyKey();
        Item item = new Item(key, world.newStamp());
        switch (world.random().nextInt(10)) {
            case 0, 1, 2 -> write(List.of(key), () -> service.items.save(item), true);
            case 3 -> write(List.of(key), () -> service.items.change(key, item.stamp()), true);
            case 4, 5 ->
                write(
                        List.of(key),
                        () -> {
                            service.items.deleteById(key);
                            return true;
                        },
                        true);
            case 6 -> writeUnit();
            default -> read(own.isEmpty() || world.random().nextInt(5) == 0 ? key : anyOwn());
        }
        if (own.containsKey(key) && world.random().nextBoolean()) {
            read(key);
        }
    }

    private long anyOwn() {
        List<Long> keys = new ArrayList<>(own.keySet());
        return keys.get(world.random().nextInt(keys.size()));
    }

    private void writeUnit() throws Throwable {
        long first = world.anyKey();
        long second = world.anyKey();
        boolean givesUp = world.random().nextInt(4) == 0;
        write(
                first == second ? List.of(first) : List.of(first, second),
                () -> service.migration.inTransaction(() -> {
                    var unused = service.items.save(new Item(first, world.newStamp()));
                    service.items.deleteById(second);
                    Optional<Item> seen = service.items.findById(second);
                    world.checker.read(second, seen.orElse(null), world.calls.indexHere(second));
                    if (givesUp) {
                        throw new GivenUp();
                    }
                    return true;
                }),
                false);
    }

    private void write(List<Long> keys, Request request, boolean comparesAnswer) throws Throwable {
        CallLog.Call call = world.calls.begin(true);
        keys.forEach(world.checker::begins);
        Actor self = world.scheduler.current();
        long waited = self.nanosWaited;
        Object answer = null;
        Throwable failure = null;
        try {
            answer = request.run();
        } catch (Throwable thrown) {
            failure = ActorKilled.unlessKilled(world.scheduler.current(), thrown);
        }
        keys.forEach(world.checker::ends);
        world.calls.end();
        if (failure == null) {
            judgeSuccess(call, answer, comparesAnswer);
        } else {
            judgeFailure(call, failure);
        }
        if (self.nanosWaited - waited > LONGEST_WAIT) {
            world.checker.broken("P8", "a write waited " + (self.nanosWaited - waited) + " ns for the secondary");
        }
        world.scheduler.pause("client: write has ended", failure == null ? keys : failure);
    }

    private void judgeSuccess(CallLog.Call call, @Nullable Object answer, boolean comparesAnswer) {
        if (call.failure != null) {
            world.checker.broken("P8", "a failure of the primary was hidden: " + call.failure);
        }
        if (comparesAnswer && !Objects.equals(answer, call.answer)) {
            world.checker.broken("P8", "the primary answered " + call.answer + ", the client got " + answer);
        }
        own.putAll(call.indexes);
    }

    private void judgeFailure(CallLog.Call call, Throwable failure) {
        if (failure instanceof PhaseMovedException) {
            if (!call.indexes.isEmpty()) {
                world.checker.broken("P2", "a write took effect and was refused: " + failure);
            }
        } else if (failure != call.failure && !(failure instanceof GivenUp)) {
            world.checker.broken("P8", "the primary failed with " + call.failure + ", the client got " + failure);
        }
    }

    private void read(long key) throws Throwable {
        int changes = world.checker.knownChanges();
        CallLog.Call call = world.calls.begin(false);
        Item found = null;
        Throwable failure = null;
        try {
            if (world.random().nextBoolean()) {
                found = service.items.findById(key).orElse(null);
            } else {
                found = service.items.findAllById(List.of(key)).stream()
                        .findFirst()
                        .orElse(null);
            }
        } catch (Throwable thrown) {
            failure = ActorKilled.unlessKilled(world.scheduler.current(), thrown);
        }
        world.calls.end();
        if (failure == null) {
            world.scheduler.pause("client: has read", found == null ? key : found);
            world.checker.read(key, found, own.getOrDefault(key, 0));
        } else if (failure != call.failure && world.checker.changes() == changes) {
            world.checker.broken("P8", "the primary failed with " + call.failure + ", a read got " + failure);
        }
    }
}
