package dev.crossfade.control;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.crossfade.CallScope;
import dev.crossfade.spi.Platform;
import dev.openfeature.sdk.EvaluationContext;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The segments that called lately, one for each combination of the named attributes' values, at most
 * {@value #MAX_SEGMENTS}. Callers only look up; the feed's thread evaluates the flags.
 */
final class Segments {
    static final int MAX_SEGMENTS = 1_000;
    static final Duration IDLE = Duration.ofMinutes(10);

    private final List<String> names;
    private final Supplier<FlagReader> newReader;
    private final Runnable wake;
    private final Cache<SegmentKey, Segment> segments;
    /** Set when a segment may be older than the current round; the next pass over all of them finds it. */
    private final AtomicBoolean passWanted = new AtomicBoolean();

    private Iterator<Segment> pass = Collections.emptyIterator(); // feed's thread only
    private long round; // feed's thread only

    /**
     * Segments by these attributes.
     *
     * @param wake makes the feed's thread look for work
     */
    Segments(List<String> names, Platform platform, Supplier<FlagReader> newReader, Runnable wake) {
        this.names = names;
        this.newReader = newReader;
        this.wake = wake;
        this.segments = Caffeine.newBuilder()
                .maximumSize(MAX_SEGMENTS)
                .expireAfterAccess(IDLE)
                .ticker(platform::nanoTime)
                .executor(Runnable::run) // upkeep is short, and a control makes no threads without the platform
                .build();
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** Never blocks: a combination not seen before gets the base settings, and its own from one of the next calls on. */
    Settings forCaller(Settings base) {
        SegmentKey key = keyOfCaller();
        if (key == null) {
            return base;
        }
        Segment segment = segments.getIfPresent(key);
        if (segment != null) {
            return segment.over(base);
        }
        if (segments.asMap().putIfAbsent(key, new Segment(key.asContext(names), newReader.get())) == null) {
            passWanted.set(true);
            wake.run();
        }
        return base;
    }

    /** Has every segment evaluated anew. Feed's thread only. */
    void beginRound() {
        round++;
        passWanted.set(true);
    }

    boolean hasWork() {
        return passWanted.get() || pass.hasNext();
    }

    /**
     * Evaluates one segment that is behind; one only, so that a change of the base need not wait for all. A pass goes on
     * where it was when a new round begins, so that none starves. Feed's thread only.
     *
     * @return whether there was one
     */
    boolean refreshNext(EvaluationContext base) {
        if (!pass.hasNext() && passWanted.getAndSet(false)) {
            pass = segments.asMap().values().iterator();
        }
        while (pass.hasNext()) {
            Segment segment = pass.next();
            if (segment.isOlderThan(round)) {
                segment.refresh(base, round);
                return true;
            }
        }
        return false;
    }

    long size() {
        segments.cleanUp();
        return segments.estimatedSize();
    }

    /** The values of the named attributes, or {@code null} where the caller has none of them. */
    private @Nullable SegmentKey keyOfCaller() {
        Map<String, String> attributes = CallScope.current().attributes();
        if (attributes.isEmpty()) {
            return null;
        }
        SegmentKey key = SegmentKey.of(attributes, names);
        return key.isBlank() ? null : key;
    }
}
