package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class UnconfirmedCommitOnPostgresTest extends UnconfirmedCommitContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
