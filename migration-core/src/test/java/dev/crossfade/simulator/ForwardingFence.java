package dev.crossfade.simulator;

import dev.crossfade.Operator;
import dev.crossfade.control.Stage;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.FenceView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A fence that leaves everything to another; a base to change one thing at a time. */
abstract class ForwardingFence implements Fence {
    final Fence fence;

    ForwardingFence(Fence fence) {
        this.fence = fence;
    }

    @Override
    public FenceView view() {
        return fence.view();
    }

    @Override
    public void onChange(Runnable action) {
        fence.onChange(action);
    }

    @Override
    public boolean begin(Stage stage) {
        return fence.begin(stage);
    }

    @Override
    public Hold enter(Duration maxWait) throws InterruptedException {
        return fence.enter(maxWait);
    }

    @Override
    public Optional<Hold> enterSecondary(long epoch) {
        return fence.enterSecondary(epoch);
    }

    @Override
    public Optional<FenceView> close(FenceView seen, Stage to, Operator operator, Duration timeout)
            throws InterruptedException {
        return fence.close(seen, to, operator, timeout);
    }

    @Override
    public Optional<FenceView> open(FenceView closed, Stage to, BooleanSupplier settled, Duration timeout)
            throws InterruptedException {
        return fence.open(closed, to, settled, timeout);
    }

    @Override
    public void reopen(FenceView closed, Operator operator) {
        fence.reopen(closed, operator);
    }

    @Override
    public List<String> objections(FenceView seen, Stage to, Operator operator) {
        return fence.objections(seen, to, operator);
    }

    @Override
    public boolean claimRevision(long revision) {
        return fence.claimRevision(revision);
    }

    @Override
    public boolean isStill(FenceView pinned) {
        return fence.isStill(pinned);
    }

    @Override
    public Duration age() {
        return fence.age();
    }

    @Override
    public List<String> holders(FenceView seen) {
        return fence.holders(seen);
    }

    @Override
    public int held() {
        return fence.held();
    }
}
