package dev.crossfade.spi;

import dev.crossfade.control.Stage;
import java.util.Objects;

/**
 * What the fence said last.
 *
 * @param stage      the stage; its primary is the only side whose commit makes a write true
 * @param epoch      raised by every move and by every aborted one
 * @param phase      whether writes may begin
 * @param generation the ledger's generation
 * @param revision   the highest revision of a wish that was tried, 0 before the first
 */
public record FenceView(Stage stage, long epoch, Phase phase, long generation, long revision) {
    public FenceView {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(phase, "phase");
    }

    /** Whether writes may begin. */
    public enum Phase {
        /** Nobody knows yet which side is primary: writes are refused. */
        UNKNOWN,
        /** Writes may begin on the stage's primary. */
        OPEN,
        /** The primary is about to move: new writes wait, refreshes go on. */
        DRAINING
    }
}
