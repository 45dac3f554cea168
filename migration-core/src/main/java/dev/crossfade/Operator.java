package dev.crossfade;

import java.util.Objects;

/**
 * Who asks for a move and why; every move is attributed.
 *
 * @param name                   the person or job, not blank
 * @param reason                 why, not blank
 * @param approvesPointOfNoReturn whether the operator knows that there is no way back from {@code NEW_ONLY}
 * @param confirmsOnlyWriter     whether the operator states that nothing but migrations of this name writes the tables any
 *                               more: no instance without the library, no job, no script
 */
public record Operator(String name, String reason, boolean approvesPointOfNoReturn, boolean confirmsOnlyWriter) {
    public Operator {
        if (Objects.requireNonNull(name, "name").isBlank()
                || Objects.requireNonNull(reason, "reason").isBlank()) {
            throw new IllegalArgumentException("An operator needs a name and a reason; both go into the audit trail");
        }
    }

    /** An operator who asks for an ordinary move. */
    public static Operator of(String name, String reason) {
        return new Operator(name, reason, false, false);
    }

    /** This operator, approving that there is no way back. */
    public Operator approvingPointOfNoReturn() {
        return new Operator(name, reason, true, confirmsOnlyWriter);
    }

    /**
     * This operator, stating that nothing but the migration writes the tables any more. A fence in the database cannot see
     * other writers and asks for this before the dual write begins.
     */
    public Operator confirmingOnlyWriter() {
        return new Operator(name, reason, approvesPointOfNoReturn, true);
    }
}
