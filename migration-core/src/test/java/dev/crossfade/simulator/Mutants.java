package dev.crossfade.simulator;

import dev.crossfade.Operator;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One broken rule each. A run of the checker that lets one of them live guards nothing. */
@SuppressWarnings("ImmutableEnumChecker") // The suppliers hold nothing.
enum Mutants implements Supplier<Mutant> {
    /** A refresh writes whether or not the secondary is older. */
    APPLIES_WITHOUT_VERSION_CHECK(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable {
            write.run(seen.keySet());
            return seen.keySet();
        }
    })),

    /** Two refreshes may write one key at once. */
    APPLIES_TWICE_AT_ONCE(ledger((ledger, world) -> new OwnVersionCheck(ledger, world, false, false))),

    /** A key that becomes dirty counts as never synced, whatever a paused refresh may still carry. */
    STARTS_WITH_NOTHING_SYNCED(ledger((ledger, world) -> new OwnVersionCheck(ledger, world, true, true))),

    /** A write of the secondary that failed counts as done. */
    NOTES_FAILED_APPLY_AS_DONE(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable {
            return ledger.apply(epoch, seen, keys -> {
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
        public Set<EntityKey> synced(Map<EntityKey, Pending> seen) {
            Map<EntityKey, Pending> done = new HashMap<>();
            seen.forEach((key, pending) -> {
                Version latest = new Version(pending.version().generation(), Long.MAX_VALUE - 1);
                done.put(key, new Pending(latest, latest, pending.change(), pending.isParked(), pending.seenAt()));
            });
            return ledger.synced(done);
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
                var unusedToo = ledger.record(touches);
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
        public boolean failed(EntityKey key, @Nullable Pending tried, String reason, boolean counted) {
            boolean parked = ledger.failed(key, tried, reason, counted);
            var unused = parked ? ledger.discard(List.of(key), Operator.of("mutant", "drops parked keys")) : List.of();
            return parked;
        }
    })),

    /** Marks that find no room are dropped. */
    DROPS_MARKS_WITHOUT_ROOM(ledger((ledger, world) -> new ForwardingLedger(ledger) {
        @Override
        public int mark(long epoch, List<EntityKey> keys) {
            var unused = ledger.mark(epoch, keys);
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
        public boolean settle(Duration timeout) {
            return true;
        }

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
        private @Nullable Throwable lastFailure;

        @Override
        public Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable {
            try {
                return ledger.apply(epoch, seen, write);
            } catch (Throwable failure) {
                lastFailure = ActorKilled.unlessKilled(world.scheduler.current(), failure);
                throw failure;
            }
        }

        @Override
        public Version record(Collection<Touch> touches) {
            Version version = ledger.record(touches);
            if (lastFailure != null) {
                throw Sneaky.<RuntimeException>rethrow(lastFailure);
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
    REFRESH_IGNORES_THE_EPOCH(() -> new Mutant() {
        @Override
        Fence fence(Fence fence, World world) {
            return new ForwardingFence(fence) {
                @Override
                public Optional<Hold> enterSecondary(long epoch) {
                    return fence.enterSecondary(fence.view().epoch());
                }
            };
        }

        // Breaks nothing: a refresh that has seen the stage is held up for long, and not only once in a blue moon.
        @Override
        Ledger ledger(Ledger ledger, World world) {
            return new ForwardingLedger(ledger) {
                @Override
                public Map<EntityKey, Pending> pending(Collection<EntityKey> keys) {
                    Actor self = world.scheduler.current();
                    if (self.name.contains("relay") && world.random().nextInt(20) == 0) {
                        world.scheduler.pause("mutant: is held up", null);
                        world.scheduler.sleep(world.random().nextInt(200_000_000));
                    }
                    return ledger.pending(keys);
                }
            };
        }
    }),

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
}
