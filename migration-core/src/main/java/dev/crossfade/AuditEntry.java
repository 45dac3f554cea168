package dev.crossfade;

import dev.crossfade.control.Stage;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that was changed by hand or by flag, and how it ended. Texts may have been cut to what the audit trail holds.
 *
 * @param when    by the database's clock
 * @param who     the operator's name
 * @param what    such as {@code drain}, {@code grant}, {@code abort}, {@code open}, {@code retry}, {@code discard}
 * @param from    the stage before, if it was known
 * @param to      the stage that was asked for or reached
 * @param epoch   the epoch from then on
 * @param reason  the operator's reason
 * @param outcome what became of it
 */
public record AuditEntry(
        Instant when,
        String who,
        String what,
        @Nullable Stage from,
        @Nullable Stage to,
        long epoch,
        @Nullable String reason,
        String outcome) {
    public AuditEntry {
        Objects.requireNonNull(when, "when");
        Objects.requireNonNull(who, "who");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(outcome, "outcome");
    }
}
