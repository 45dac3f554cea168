package dev.crossfade.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Operator;
import dev.crossfade.control.Stage;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.ReconciliationBook.Claim;
import dev.crossfade.spi.ReconciliationBook.Run;
import dev.crossfade.testing.ManualPlatform;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a scheduled reconciliation is due. */
class InMemoryReconciliationBookTest {
    private static final Operator ALICE = Operator.of("alice", "test");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Scope SCOPE = Scope.writtenInTheLast(HOUR.multipliedBy(2));

    private final ManualPlatform platform = new ManualPlatform();
    private FenceView view = in(1);
    private final Fence fence = (Fence) Proxy.newProxyInstance(
            Fence.class.getClassLoader(), new Class<?>[] {Fence.class}, (self, method, arguments) -> view);
    private final InMemoryReconciliationBook book = new InMemoryReconciliationBook(platform, fence);

    private static FenceView in(long generation) {
        return new FenceView(Stage.LEGACY_PRIMARY, 1, FenceView.Phase.OPEN, generation, 0);
    }

    private boolean begins() {
        return book.begin(view, SCOPE, ALICE, HOUR).orElseThrow();
    }

    private Run run() {
        return book.look().orElseThrow();
    }

    private void complete() {
        Claim claim = book.claim(run().id()).orElseThrow();
        book.advance(claim, null, Counts.NONE, true);
    }

    @Test
    void a_run_that_was_completed_keeps_the_next_one_for_the_interval() {
        assertThat(begins()).isTrue();
        complete();
        platform.advance(HOUR.minusNanos(1));
        assertThat(begins()).isFalse();
        platform.advance(Duration.ofNanos(1));
        assertThat(begins()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = RunState.class,
            names = {"FAILED", "CANCELLED", "VOID"})
    void a_run_that_was_not_completed_keeps_the_next_one_for_a_tenth_of_it(RunState end) {
        assertThat(begins()).isTrue();
        book.turn(run().id(), List.of(RunState.RUNNING), end, ALICE, null);
        platform.advance(HOUR.dividedBy(10).minusNanos(1));
        assertThat(begins()).isFalse();
        platform.advance(Duration.ofNanos(1));
        assertThat(begins()).isTrue();
    }

    @Test
    void a_run_under_way_keeps_the_next_one_however_long_it_takes() {
        assertThat(begins()).isTrue();
        platform.advance(HOUR.multipliedBy(3));
        assertThat(begins()).isFalse();
        book.turn(run().id(), List.of(RunState.RUNNING), RunState.PAUSED, ALICE, null);
        assertThat(begins()).isFalse();
    }

    @Test
    void a_run_of_an_older_generation_keeps_none() {
        assertThat(begins()).isTrue();
        complete();
        view = in(2);
        assertThat(begins()).isTrue();
    }
}
