package dev.crossfade.jdbc.kill;

import dev.crossfade.jdbc.testing.Pair;

class BackfillKillLoopMariaDbToPostgresTest extends BackfillKillLoopContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
