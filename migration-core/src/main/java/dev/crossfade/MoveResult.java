package dev.crossfade;

import dev.crossfade.control.Stage;
import java.time.Duration;
import java.util.List;

/** How a move between stages ended. Whatever the outcome, no write was lost and writes go on. */
public sealed interface MoveResult {

    /** Whether the migration is at the stage asked for. */
    default boolean moved() {
        return this instanceof Moved;
    }

    /**
     * The stage changed.
     *
     * @param pause how long new writes had to wait
     */
    record Moved(Stage from, Stage to, long epoch, Duration pause) implements MoveResult {}

    /** The move did not begin. All unmet gates, each with what to do; nothing changed. */
    record Refused(List<String> reasons) implements MoveResult {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }

    /** The move began and was given up; the stage is what it was, at a higher epoch. */
    record Aborted(String reason) implements MoveResult {}
}
