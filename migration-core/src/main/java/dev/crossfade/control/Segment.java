package dev.crossfade.control;

import dev.openfeature.sdk.EvaluationContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The settings of all callers with the same attributes: written by the feed's thread, read by every caller. */
final class Segment {
    private final EvaluationContext attributes;
    private final FlagReader reader;

    /** The refresh that this segment took part in last; used by the feed's thread only. */
    private long round = -1;

    /** What the flags said; {@code null} until the first answer. */
    private volatile @Nullable Answer answer;
    /** The answer put over the base of the last caller, so that the next one with the same base allocates nothing. */
    private volatile @Nullable Merged merged;

    Segment(EvaluationContext attributes, FlagReader reader) {
        this.attributes = attributes;
        this.reader = reader;
    }

    /** Whether this refresh has not reached the segment yet; a new one is reached by none. */
    boolean isOlderThan(long currentRound) {
        return round < currentRound;
    }

    void refresh(EvaluationContext base, long currentRound) {
        round = currentRound;
        reader.read(base.merge(attributes), () -> answer = new Answer(reader.lastGood(), reader.readsToPrimary()));
    }

    /** Dials of the segment, wish of the base, and the kill switch if either says so. */
    Settings over(Settings base) {
        Answer current = answer;
        if (current == null) {
            return base;
        }
        Merged last = merged;
        if (last != null && last.base == base && last.answer == current) {
            return last.result;
        }
        Settings result = current.over(base);
        merged = new Merged(base, current, result);
        return result;
    }

    private record Answer(Optional<Settings> lastGood, boolean readsToPrimary) {
        Settings over(Settings base) {
            Settings dials = lastGood.orElse(base);
            return new Settings(
                    base.wish(),
                    dials.readNewBasisPoints(),
                    dials.shadowBasisPoints(),
                    base.readsToPrimary() || readsToPrimary);
        }
    }

    private record Merged(Settings base, Answer answer, Settings result) {}
}
