package dev.crossfade.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.spi.Fence.Hold;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class InMemoryFenceStressTest {
    private static final Operator OPERATOR = Operator.of("test", "stress");
    private static final Duration LONG = Duration.ofSeconds(5);
    private static final int ROUNDS = 3_000;

    private final InMemoryFence fence = new InMemoryFence("stress", Platform.system());

    /** Writers inside, by side. */
    private final AtomicIntegerArray inside = new AtomicIntegerArray(2);

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong writes = new AtomicLong();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void no_write_begins_behind_a_moves_back(long seed) throws Exception {
        fence.begin(Stage.LEGACY_PRIMARY);
        int writers = 3;
        CyclicBarrier start = new CyclicBarrier(writers + 1);
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (int n = 0; n < writers; n++) {
            SplittableRandom own = random.split();
            FutureTask<Boolean> task = new FutureTask<>(() -> {
                start.await();
                write(own);
                return true;
            });
            tasks.add(task);
            new Thread(task).start();
        }
        start.await();
        while (writes.get() < writers) {
            Thread.onSpinWait();
        }
        int moved = 0;
        for (int round = 0; round < ROUNDS; round++) {
            moved += move() ? 1 : 0;
        }
        over.set(true);
        for (FutureTask<Boolean> task : tasks) {
            assertThat(task.get()).isTrue();
        }
        assertThat(moved).isEqualTo(ROUNDS);
        assertThat(writes.get()).isPositive();
        assertThat(fence.held()).isZero();
        assertThat(fence.view().epoch()).isEqualTo(1 + 2L * ROUNDS);
    }

    private void write(SplittableRandom random) throws InterruptedException {
        while (!over.get()) {
            Hold hold = fence.enter(LONG);
            int side = hold.view().stage().primary() == Side.LEGACY ? 0 : 1;
            inside.incrementAndGet(side);
            for (int spin = random.nextInt(50); spin > 0; spin--) {
                Thread.onSpinWait();
            }
            assertThat(fence.view().stage())
                    .as("the primary stays put")
                    .isEqualTo(hold.view().stage());
            inside.decrementAndGet(side);
            writes.incrementAndGet();
            hold.release();
        }
    }

    private boolean move() throws InterruptedException {
        FenceView seen = fence.view();
        Stage to = seen.stage() == Stage.LEGACY_PRIMARY ? Stage.NEW_PRIMARY : Stage.LEGACY_PRIMARY;
        FenceView closed = fence.close(seen, Stage.NEW_PRIMARY, OPERATOR, LONG).orElseThrow();
        assertThat(inside.get(0) + inside.get(1))
                .as("writers inside a closed fence")
                .isZero();
        return fence.open(closed, to, () -> inside.get(0) + inside.get(1) == 0, LONG)
                .isPresent();
    }

    @Test
    void a_refresh_of_an_earlier_epoch_never_touches_the_secondary() throws Exception {
        fence.begin(Stage.LEGACY_PRIMARY);
        FenceView before = fence.view();
        Hold refresh = fence.enterSecondary(before.epoch()).orElseThrow();
        FenceView closed =
                fence.close(before, Stage.NEW_PRIMARY, OPERATOR, LONG).orElseThrow();
        assertThat(fence.open(closed, Stage.NEW_PRIMARY, () -> true, Duration.ofMillis(1)))
                .as("a refresh is under way")
                .isEmpty();
        refresh.release();
        refresh.release();
        assertThat(fence.held()).as("released once").isZero();
        assertThat(fence.enterSecondary(before.epoch())).isEmpty();
        assertThat(fence.enterSecondary(closed.epoch())).get().satisfies(Hold::release);
        FenceView open = fence.open(closed, Stage.NEW_PRIMARY, () -> true, LONG).orElseThrow();
        assertThat(fence.enterSecondary(closed.epoch())).isEmpty();
        assertThat(fence.enterSecondary(open.epoch())).isPresent();
    }

    @Test
    void every_change_is_a_compare_and_set_on_what_the_caller_has_seen() throws Exception {
        assertThat(fence.begin(Stage.LEGACY_ONLY)).isTrue();
        assertThat(fence.begin(Stage.NEW_ONLY)).isFalse();
        FenceView seen = fence.view();
        assertThat(fence.claimRevision(5)).isTrue();
        assertThat(fence.claimRevision(5)).isFalse();
        assertThat(fence.claimRevision(4)).isFalse();
        FenceView closed = fence.close(seen, Stage.NEW_PRIMARY, OPERATOR, LONG).orElseThrow();
        assertThat(closed.revision())
                .as("a revision noted meanwhile is kept and moves nothing")
                .isEqualTo(5);
        assertThat(fence.close(closed, Stage.NEW_PRIMARY, OPERATOR, LONG)).isEmpty();
        fence.reopen(closed, OPERATOR);
        assertThat(fence.view().epoch()).isEqualTo(closed.epoch() + 1);
        FenceView reopened = fence.view();
        fence.reopen(closed, OPERATOR);
        assertThat(fence.view()).isEqualTo(reopened);
        assertThat(fence.open(closed, Stage.LEGACY_PRIMARY, () -> true, LONG)).isEmpty();
        assertThat(fence.close(seen, Stage.NEW_PRIMARY, OPERATOR, LONG)).isEmpty();
    }

    @Test
    void what_is_not_settled_stays_closed_until_it_is_given_up() throws Exception {
        fence.begin(Stage.LEGACY_PRIMARY);
        FenceView closed =
                fence.close(fence.view(), Stage.NEW_PRIMARY, OPERATOR, LONG).orElseThrow();
        assertThat(fence.open(closed, Stage.NEW_PRIMARY, () -> false, LONG)).isEmpty();
        assertThat(fence.view().phase()).isEqualTo(FenceView.Phase.DRAINING);
        assertThatThrownBy(() -> fence.enter(Duration.ofMillis(1))).isInstanceOf(PhaseMovedException.class);
        fence.reopen(closed, OPERATOR);
        Optional<Hold> hold = Optional.of(fence.enter(LONG));
        assertThat(hold.get().view().stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        hold.get().release();
    }
}
