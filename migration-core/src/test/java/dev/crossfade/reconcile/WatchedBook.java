package dev.crossfade.reconcile;

import dev.crossfade.Operator;
import dev.crossfade.internal.memory.InMemoryCoordination;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.ReconciliationBook;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A book in memory in which another instance can take a run over, and that sees how its holder behaves. */
final class WatchedBook implements ReconciliationBook {
    private final Platform platform;
    private @Nullable ReconciliationBook book;
    private volatile @Nullable Claim holder;
    private volatile @Nullable Claim other;
    private final AtomicLong heardAt = new AtomicLong();
    private final AtomicLong longestSilence = new AtomicLong();

    /** How many keys each page had that was noted. */
    final List<Long> pages = new CopyOnWriteArrayList<>();

    final AtomicInteger failedClaims = new AtomicInteger();

    /** Called before a page is noted; may throw. */
    volatile Runnable beforeAdvance = () -> {};

    /** Called before a claim is renewed. */
    volatile Consumer<Claim> beforeRenewal = claim -> {};

    WatchedBook(Platform platform) {
        this.platform = platform;
    }

    /** The coordination of one process, with this book. */
    Coordination.Factory coordination() {
        return setup -> {
            Coordination real = new InMemoryCoordination(setup);
            return (Coordination) Proxy.newProxyInstance(
                    WatchedBook.class.getClassLoader(),
                    new Class<?>[] {Coordination.class},
                    (self, method, arguments) -> {
                        try {
                            Object result = method.invoke(real, arguments);
                            if (result instanceof ReconciliationBook inMemory) {
                                book = inMemory;
                                return this;
                            }
                            return result;
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getTargetException();
                        }
                    });
        };
    }

    /** The longest time for which nothing was heard of a holder. */
    Duration longestSilence() {
        return Duration.ofNanos(longestSilence.get());
    }

    private void heard() {
        long now = platform.nanoTime();
        longestSilence.accumulateAndGet(now - heardAt.getAndSet(now), Math::max);
    }

    private ReconciliationBook book() {
        return Objects.requireNonNull(book);
    }

    /** Another instance takes the run over. */
    void takeOver(Claim claim) {
        book().release(claim);
        other = book().claim(claim.run()).orElseThrow();
    }

    /** Another instance takes the run over from whoever has it. */
    void takeOver() {
        takeOver(Objects.requireNonNull(holder));
    }

    /** It gives the run back. */
    void giveBack() {
        book().release(Objects.requireNonNull(other));
    }

    @Override
    public Optional<Run> look() {
        return book().look();
    }

    @Override
    public Optional<Run> lastFull(long generation) {
        return book().lastFull(generation);
    }

    @Override
    public Optional<Boolean> begin(FenceView seen, Scope scope, Operator operator, @Nullable Duration unlessWithin) {
        return book().begin(seen, scope, operator, unlessWithin);
    }

    @Override
    public boolean turn(String run, List<RunState> from, RunState to, Operator operator, @Nullable String reason) {
        return book().turn(run, from, to, operator, reason);
    }

    @Override
    public Optional<Claim> claim(String run) {
        Optional<Claim> claim = book().claim(run);
        if (claim.isPresent()) {
            heardAt.set(platform.nanoTime());
            holder = claim.get();
        } else {
            failedClaims.incrementAndGet();
        }
        return claim;
    }

    @Override
    public Optional<Claim> advance(Claim claim, @Nullable EntityKey position, Counts more, boolean isLast) {
        beforeAdvance.run();
        heard();
        Optional<Claim> next = book().advance(claim, position, more, isLast);
        if (next.isPresent()) {
            pages.add(more.compared());
        }
        return next;
    }

    @Override
    public boolean renew(Claim claim) {
        beforeRenewal.accept(claim);
        heard();
        return book().renew(claim);
    }

    @Override
    public void release(Claim claim) {
        book().release(claim);
    }
}
