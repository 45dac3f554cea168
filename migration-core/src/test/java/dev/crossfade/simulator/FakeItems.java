package dev.crossfade.simulator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store. Its effects happen at one moment; before and after it the scheduler may let anything happen. */
final class FakeItems implements Items {
    private final Place place;
    private final World world;
    private final Scheduler scheduler;
    private final Checker checker;
    private final Faults faults;
    private final CallLog calls;
    private final Map<Long, Item> rows = new TreeMap<>();

    FakeItems(Place place, World world) {
        this.place = place;
        this.world = world;
        this.scheduler = world.scheduler;
        this.checker = world.checker;
        this.faults = world.faults;
        this.calls = world.calls;
    }

    void put(Item item) {
        rows.put(item.id(), item);
    }

    /** What a person does before another attempt. */
    void empty() {
        rows.keySet().forEach(id -> checker.of(id).empty(place));
        rows.clear();
    }

    @Override
    public Optional<Item> findById(long id) {
        return read("reads " + place, id, () -> Optional.ofNullable(rows.get(id)));
    }

    @Override
    public List<Item> findAllById(Collection<Long> ids) {
        return read("reads " + place, ids, () -> found(ids));
    }

    @Override
    public List<Item> everything() {
        return read("reads " + place, "everything", () -> List.copyOf(rows.values()));
    }

    private List<Item> found(Collection<Long> ids) {
        List<Item> found = new ArrayList<>();
        ids.forEach(id -> {
            Item item = rows.get(id);
            if (item != null) {
                found.add(item);
            }
        });
        return found;
    }

    private <T> T read(String what, Object about, Supplier<T> answer) {
        around(what, about);
        if (faults.failsSecondary() && checker.primary() != place) {
            throw Sneaky.<RuntimeException>rethrow(calls.secondaryFailed(faults.draw("read of " + place)));
        }
        if (faults.failsPrimary() && checker.primary() == place) {
            throw Sneaky.<RuntimeException>rethrow(calls.primaryFailed(faults.draw("read of " + place)));
        }
        T result = answer.get();
        around("has read " + place, result);
        return result;
    }

    @Override
    public Item save(Item item) {
        return write("saves in " + place, item.id(), () -> {
            rows.put(item.id(), item);
            calls.wrote(item.id(), checker.written(place, item.id(), item.stamp()));
            return item;
        });
    }

    @Override
    public List<Item> saveAll(Collection<Item> items) {
        List<Item> saved = new ArrayList<>();
        items.forEach(item -> saved.add(save(item)));
        return saved;
    }

    @Override
    public boolean change(long id, long stamp) {
        return write("changes in " + place, id, () -> {
            if (rows.containsKey(id)) {
                rows.put(id, new Item(id, stamp));
                calls.wrote(id, checker.written(place, id, stamp));
                return true;
            }
            return false;
        });
    }

    @Override
    public void deleteById(long id) {
        var unused = write("deletes in " + place, id, () -> {
            rows.remove(id);
            calls.wrote(id, checker.written(place, id, KeyHistory.ABSENT));
            return true;
        });
    }

    private <T> T write(String what, long about, Supplier<T> effect) {
        around(what, about);
        world.beforeWrite.accept(about);
        if (faults.failsPrimary()) {
            throw Sneaky.<RuntimeException>rethrow(calls.primaryFailed(faults.draw("before a write of " + place)));
        }
        T result = effect.get();
        scheduler.pause("has written " + place, about);
        if (faults.failsPrimary()) {
            throw Sneaky.<RuntimeException>rethrow(calls.primaryFailed(faults.draw("after a write of " + place)));
        }
        calls.answered(result);
        return result;
    }

    // What moves an entity's state. The service never calls these.

    Optional<Item> stateOf(Long id) {
        around("refresh reads " + place, id);
        failMaybe("refresh reads");
        Optional<Item> state = Optional.ofNullable(rows.get(id));
        around("refresh has read " + place, state);
        return state;
    }

    List<Item> statesOf(Collection<Long> ids) {
        around("refresh reads " + place, ids);
        failMaybe("refresh reads");
        List<Item> states = found(ids);
        around("refresh has read " + place, states);
        return states;
    }

    void overwrite(Item item) {
        apply(item.id(), item);
    }

    void overwriteAll(Collection<Item> items) {
        items.forEach(this::overwrite);
    }

    void erase(Long id) {
        apply(id, null);
    }

    void eraseAll(Collection<Long> ids) {
        ids.forEach(this::erase);
    }

    private void apply(long id, @Nullable Item item) {
        calls.requireNoClient("a write of the secondary");
        around("refresh writes " + place, item == null ? id : item);
        failMaybe("refresh writes");
        if (item == null) {
            rows.remove(id);
        } else {
            rows.put(id, item);
        }
        checker.copied(place, id, item == null ? KeyHistory.ABSENT : item.stamp());
        around("refresh has written " + place, id);
        failMaybe("refresh has written");
    }

    private void failMaybe(String what) {
        if (faults.failsSecondary()) {
            throw Sneaky.<RuntimeException>rethrow(calls.secondaryFailed(faults.draw(what + " " + place)));
        }
    }

    private void around(String what, Object about) {
        scheduler.pause(what, about);
        long delay = faults.delayNanos();
        if (delay > 0 && !calls.isWriting()) {
            scheduler.sleep(delay);
        }
    }
}
