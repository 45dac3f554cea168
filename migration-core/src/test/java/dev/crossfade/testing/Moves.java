package dev.crossfade.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Migration;
import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.control.Stage;

/** Moves that have to succeed, however slow the machine is. */
public final class Moves {
    private static final int ATTEMPTS = 10;

    private Moves() {}

    /** A move that was given up, as on a slow machine, is asked for again, as an operator would. */
    public static void move(Migration migration, Stage to, Operator operator) {
        MoveResult result = migration.moveTo(to, operator);
        for (int attempt = 1; attempt < ATTEMPTS && result instanceof MoveResult.Aborted; attempt++) {
            result = migration.moveTo(to, operator);
        }
        assertThat(result).isInstanceOf(MoveResult.Moved.class);
    }
}
