package dev.crossfade.simulator;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One broken rule each. A run of the checker that lets one of them live guards nothing. */
enum Mutants implements Supplier<Mutant> {
    /** A refresh writes whether or not the secondary is older. */
    APPLIES_WITHOUT_VERSION_CHECK(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public Set<EntityKey> apply(Map<EntityKey, Version> versions, SecondaryWrite write) throws Throwable {
            write.run(versions.keySet());
            return versions.keySet();
        }
    })),

    /** Two refreshes may write one key at once. */
    APPLIES_TWICE_AT_ONCE(ledger((ledger, world) -> new OwnVersionCheck(ledger, world, false, false))),

    /** A key that becomes dirty counts as never synced, whatever a paused refresh may still carry. */
    STARTS_WITH_NOTHING_SYNCED(ledger((ledger, world) -> new OwnVersionCheck(ledger, world, true, true))),

    /** A write of the secondary that failed counts as done. */
    NOTES_FAILED_APPLY_AS_DONE(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public Set<EntityKey> apply(Map<EntityKey, Version> versions, SecondaryWrite write) throws Throwable {
            return ledger.apply(versions, keys -> {
                try {
                    write.run(keys);
                } catch (Throwable failure) {
                    var unused = ActorKilled.unlessKilled(world.scheduler.current(), failure);
                }
            });
        }
    })),

    /** A refresh notes "done" in place of "done up to". */
    SYNCS_WITHOUT_VERSION(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public void synced(EntityKey key, Version version) {
            ledger.synced(key, new Version(version.generation(), Long.MAX_VALUE - 1));
        }
    })),

    /** The state is read first and its version second. */
    READS_STATE_BEFORE_VERSION(() -> new StateFirst()),

    /** The ledger hears of a write before it happens. */
    RECORDS_BEFORE_THE_WRITE(ledger((ledger, world) -> {
        world.beforeWrite = key -> {
            if (world.checker.isDual()) {
                var unused = ledger.record(List.of(new Touch(new EntityKey(World.ENTITY, key), Change.MARKED)));
            }
        };
        return new ForwardingLedger(ledger) {
            @Override
            public Version record(Collection<Touch> touches) {
                return ledger.lastVersion();
            }
        };
    })),

    /** The ledger hears of a write after the caller has. */
    RECORDS_AFTER_THE_ANSWER(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public Version record(Collection<Touch> touches) {
            var unused = world.scheduler.spawn("late record", true, 1, () -> {
                var version = ledger.record(touches);
            });
            return ledger.lastVersion();
        }
    })),

    /** A write that failed is taken to have changed nothing. */
    FORGETS_FAILED_WRITES(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public Version record(Collection<Touch> touches) {
            boolean failed = touches.stream().allMatch(touch -> touch.change() == Change.MARKED);
            return failed ? ledger.lastVersion() : ledger.record(touches);
        }
    })),

    /** A key that is refused too often is dropped. */
    DROPS_PARKED_KEYS(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public boolean failed(EntityKey key, String reason, boolean counted) {
            boolean parked = ledger.failed(key, reason, counted);
            var unused = parked ? ledger.discard(List.of(key)) : List.of();
            return parked;
        }
    })),

    /** Marks that find no room are dropped. */
    DROPS_MARKS_WITHOUT_ROOM(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public int mark(List<EntityKey> keys) {
            var unused = ledger.mark(keys);
            return keys.size();
        }
    })),

    /** Writes that find no room are dropped and not counted. */
    FORGETS_WHAT_FOUND_NO_ROOM(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public long untracked() {
            return 0;
        }
    })),

    /** A handover does not wait for dirty keys. */
    HANDOVER_WITHOUT_DRAIN(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public int dirtyCount() {
            return world.checker.isClosed() ? 0 : ledger.dirtyCount();
        }
    })),

    /** Reads do not ask whether their keys are dirty. */
    READS_DIRTY_KEYS(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public boolean isDirty(EntityKey key) {
            return false;
        }
    })),

    /** The failure of the secondary reaches whoever wrote. */
    SECONDARY_FAILURE_SURFACES(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        private @Nullable Throwable seen;

        @Override
        public Set<EntityKey> apply(Map<EntityKey, Version> versions, SecondaryWrite write) throws Throwable {
            try {
                return ledger.apply(versions, write);
            } catch (Throwable failure) {
                seen = ActorKilled.unlessKilled(world.scheduler.current(), failure);
                throw failure;
            }
        }

        @Override
        public Version record(Collection<Touch> touches) {
            Version version = ledger.record(touches);
            if (seen != null) {
                throw Sneaky.<RuntimeException>rethrow(seen);
            }
            return version;
        }
    })),

    /** Writers refresh on their own thread. */
    WRITERS_WAIT_WITHOUT_BOUND(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public Version record(Collection<Touch> touches) {
            Version version = ledger.record(touches);
            try {
                var unused = ledger.progress().await(() -> ledger.isSettledThrough(version), Duration.ofMinutes(1));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return version;
        }
    })),

    /** Writers look at the fence and do not hold it. */
    WRITERS_DO_NOT_HOLD_THE_FENCE(fence((fence, world) -> new ForwardingFence(fence) {
        @Override
        public Hold enter(Duration maxWait) throws InterruptedException {
            Hold hold = fence.enter(maxWait);
            hold.release();
            return hold;
        }
    })),

    /** Writers do not wait while the primary moves. */
    WRITERS_PASS_A_CLOSED_FENCE(fence((fence, world) -> new ForwardingFence(fence) {
        @Override
        public Hold enter(Duration maxWait) {
            return new NoHold(fence.view());
        }
    })),

    /** Refreshes do not hold the secondary in its role. */
    REFRESH_DOES_NOT_HOLD_THE_FENCE(fence((fence, world) -> new ForwardingFence(fence) {
        @Override
        public Optional<Hold> enterSecondary(long epoch) {
            return Optional.of(new NoHold(fence.view()));
        }
    })),

    /** A refresh goes on across a change of the epoch. */
    REFRESH_IGNORES_THE_EPOCH(fence((fence, world) -> new ForwardingFence(fence) {
        @Override
        public Optional<Hold> enterSecondary(long epoch) {
            return fence.enterSecondary(fence.view().epoch());
        }
    })),

    /** Deletes never reach the secondary. */
    IGNORES_TOMBSTONES(() -> new Mutant() {
        @Override
        void erase(FakeItems store, Long key) {}

        @Override
        boolean leavesBulkAlone() {
            return false;
        }
    });

    private final Supplier<Mutant> maker;

    Mutants(Supplier<Mutant> maker) {
        this.maker = maker;
    }

    @Override
    public Mutant get() {
        return maker.get();
    }

    private static Supplier<Mutant> ledger(BiFunction<Ledger, World, Ledger> change) {
        return () -> new Mutant() {
            @Override
            Ledger ledger(Ledger ledger, World world) {
                return change.apply(ledger, world);
            }
        };
    }

    private static Supplier<Mutant> fence(BiFunction<Fence, World, Fence> change) {
        return () -> new Mutant() {
            @Override
            Fence fence(Fence fence, World world) {
                return change.apply(fence, world);
            }
        };
    }

    /** A hold that holds nothing. */
    private record NoHold(FenceView view) implements Fence.Hold {
        @Override
        public void release() {}
    }

    /** The ledger's version check, done again here with one part left out. */
    private static final class OwnVersionCheck extends ForwardingLedger {
        private final World world;
        private final boolean excludes;
        private final boolean startsWithNothing;
        private final Map<EntityKey, Version> synced = new HashMap<>();
        private final Set<EntityKey> applying = new HashSet<>();

        OwnVersionCheck(Ledger ledger, World world, boolean excludes, boolean startsWithNothing) {
            super(ledger);
            this.world = world;
            this.excludes = excludes;
            this.startsWithNothing = startsWithNothing;
        }

        @Override
        public Set<EntityKey> apply(Map<EntityKey, Version> versions, SecondaryWrite write) throws Throwable {
            Set<EntityKey> done = new HashSet<>();
            Set<EntityKey> behind = new HashSet<>();
            versions.forEach((key, version) -> {
                Version upTo = synced.get(key);
                if (!isDirtyNow(key) || (upTo != null && !upTo.isBefore(version))) {
                    done.add(key);
                } else if (!excludes || applying.add(key)) {
                    behind.add(key);
                }
            });
            if (!behind.isEmpty()) {
                try {
                    write.run(behind);
                    behind.forEach(key -> synced.merge(key, version(versions, key), OwnVersionCheck::later));
                } finally {
                    applying.removeAll(behind);
                }
            }
            done.addAll(behind);
            return done;
        }

        /** Without a pause, as under the ledger's lock. */
        private boolean isDirtyNow(EntityKey key) {
            return world.checker.isDirty((Long) key.key());
        }

        private static Version version(Map<EntityKey, Version> versions, EntityKey key) {
            Version version = versions.get(key);
            if (version == null) {
                throw new IllegalStateException("no version");
            }
            return version;
        }

        private static Version later(Version a, Version b) {
            return a.isBefore(b) ? b : a;
        }

        @Override
        public void synced(EntityKey key, Version version) {
            ledger.synced(key, version);
            if (startsWithNothing && !isDirtyNow(key)) {
                synced.remove(key);
            }
        }
    }

    /** Reads the state when the version is asked for first, and hands it out when the state is asked for. */
    private static final class StateFirst extends Mutant {
        private final Map<Actor, Map<Long, Optional<Item>>> read = new HashMap<>();
        private @Nullable World world;

        @Override
        Ledger ledger(Ledger ledger, World inWorld) {
            world = inWorld;
            return new ForwardingLedger(ledger) {
                @Override
                public @Nullable Pending pending(EntityKey key) {
                    Map<Long, Optional<Item>> mine =
                            read.computeIfAbsent(inWorld.scheduler.current(), actor -> new HashMap<>());
                    long id = (Long) key.key();
                    if (inWorld.checker.isDual() && !mine.containsKey(id)) {
                        mine.put(id, inWorld.primary().stateOf(id));
                    }
                    return ledger.pending(key);
                }
            };
        }

        @Override
        Optional<Item> find(FakeItems store, Long key) {
            World in = world;
            Map<Long, Optional<Item>> mine = in == null ? null : read.get(in.scheduler.current());
            Optional<Item> before = mine == null ? null : mine.remove(key);
            return before == null ? store.stateOf(key) : before;
        }

        @Override
        boolean leavesBulkAlone() {
            return false;
        }
    }
}
