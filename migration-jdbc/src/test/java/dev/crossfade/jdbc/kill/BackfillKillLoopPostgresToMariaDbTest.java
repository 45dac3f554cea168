package dev.crossfade.jdbc.kill;

import dev.crossfade.jdbc.testing.Pair;

class BackfillKillLoopPostgresToMariaDbTest extends BackfillKillLoopContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
