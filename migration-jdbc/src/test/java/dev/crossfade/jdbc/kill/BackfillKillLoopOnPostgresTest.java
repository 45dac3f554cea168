package dev.crossfade.jdbc.kill;

import dev.crossfade.jdbc.testing.Pair;

class BackfillKillLoopOnPostgresTest extends BackfillKillLoopContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
