package dev.crossfade.simulator;

import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.FenceView;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The real fence with a pause around every step; tells the checker first what it says. */
final class SimulatedFence extends ForwardingFence {
    private final Scheduler scheduler;
    private final Checker checker;

    SimulatedFence(Fence fence, Scheduler scheduler, Checker checker) {
        super(fence);
        this.scheduler = scheduler;
        this.checker = checker;
        fence.onChange(this::tell);
    }

    private void tell() {
        FenceView view = fence.view();
        checker.stage(
                view.stage().primary() == Side.LEGACY ? Place.OLD : Place.FRESH,
                view.stage().isDualWrite(),
                view.phase() == FenceView.Phase.DRAINING);
    }

    @Override
    public void onChange(Runnable action) {
        fence.onChange(() -> {
            scheduler.pause("fence: has changed", fence.view());
            action.run();
            checker.changeIsKnown();
        });
    }

    @Override
    public Hold enter(Duration maxWait) throws InterruptedException {
        scheduler.pause("fence: enters", null);
        Actor actor = scheduler.current();
        long waited = actor.nanosWaited;
        Hold hold;
        try {
            hold = fence.enter(maxWait);
        } finally {
            // A move may keep writers waiting; that has a bound of its own.
            actor.nanosWaited = waited;
        }
        scheduler.pause("fence: has entered", hold.view().epoch());
        return new SimulatedHold(hold);
    }

    @Override
    public Optional<Hold> enterSecondary(long epoch) {
        scheduler.pause("fence: enters secondary", epoch);
        Optional<Hold> hold = fence.enterSecondary(epoch).map(SimulatedHold::new);
        scheduler.pause("fence: has entered secondary", hold.isPresent());
        return hold;
    }

    @Override
    public Optional<FenceView> close(FenceView seen, Stage to, Operator operator, Duration timeout)
            throws InterruptedException {
        scheduler.pause("fence: closes", seen);
        Optional<FenceView> closed = fence.close(seen, to, operator, timeout);
        scheduler.pause("fence: has closed", closed.isPresent());
        return closed;
    }

    @Override
    public Optional<FenceView> open(FenceView closed, Stage to, BooleanSupplier settled, Duration timeout)
            throws InterruptedException {
        scheduler.pause("fence: opens", to);
        Optional<FenceView> open = fence.open(closed, to, settled, timeout);
        scheduler.pause("fence: has opened", open.isPresent());
        return open;
    }

    @Override
    public void reopen(FenceView closed, Operator operator) {
        scheduler.pause("fence: reopens", closed.epoch());
        fence.reopen(closed, operator);
    }

    private final class SimulatedHold implements Hold {
        private final Hold hold;

        SimulatedHold(Hold hold) {
            this.hold = hold;
        }

        @Override
        public FenceView view() {
            return hold.view();
        }

        @Override
        public void release() {
            scheduler.pause("fence: releases", hold.view().epoch());
            hold.release();
        }
    }
}
