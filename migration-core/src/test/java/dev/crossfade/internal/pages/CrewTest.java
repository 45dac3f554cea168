package dev.crossfade.internal.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.testing.Patience;
import dev.crossfade.testing.WatchedPlatform;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CrewTest {
    private static final Duration PATIENCE = Patience.LIMIT;

    private final WatchedPlatform platform = new WatchedPlatform();
    private final AtomicInteger wanted = new AtomicInteger(1);
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void end() {
        ending.countDown();
        await(mayEnd);
    }

    @Test
    void a_worker_is_waited_for_until_it_has_given_back_what_it_held() throws Exception {
        Crew crew = new Crew(platform, "crew-", wanted::get, Thread::yield, this::end);
        crew.hire();
        wanted.set(0);
        await(ending);

        crew.join(Duration.ofMillis(1));
        assertThat(platform.isAwaited("crew-0")).isTrue();
        mayEnd.countDown();
        crew.join(PATIENCE);
    }

    @Test
    void a_worker_that_is_wanted_again_while_it_gives_back_goes_on_and_is_the_only_one() throws Exception {
        AtomicInteger ends = new AtomicInteger();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch wentOn = new CountDownLatch(1);
        Crew crew = new Crew(
                platform,
                "crew-",
                wanted::get,
                () -> {
                    if (ends.get() > 0) {
                        wentOn.countDown();
                    }
                },
                () -> {
                    threads.add(Thread.currentThread());
                    end();
                    ends.incrementAndGet();
                });
        crew.hire();
        wanted.set(0);
        await(ending);
        wanted.set(1);
        crew.hire();
        mayEnd.countDown();
        await(wentOn);
        wanted.set(0);
        crew.join(PATIENCE);

        assertThat(ends).hasValue(2);
        assertThat(threads).hasSize(1);
    }
}
