package dev.crossfade;

import java.util.Objects;

/**
 * Who asks for a move and why; every move is attributed.
 *
 * @param name                   the person or job, not blank
 * @param reason                 why, not blank
 * @param approvesPointOfNoReturn whether the operator knows that there is no way back from {@code NEW_ONLY}
 */
public record Operator(String name, String reason, boolean approvesPointOfNoReturn) {
    public Operator {
        if (Objects.requireNonNull(name, "name").isBlank()
                || Objects.requireNonNull(reason, "reason").isBlank()) {
            throw new IllegalArgumentException("An operator needs a name and a reason; both go into the audit trail");
        }
    }

    /** An operator who asks for an ordinary move. */
    public static Operator of(String name, String reason) {
        return new Operator(name, reason, false);
    }

    /** This operator, approving that there is no way back. */
    public Operator approvingPointOfNoReturn() {
        return new Operator(name, reason, true);
    }
}
