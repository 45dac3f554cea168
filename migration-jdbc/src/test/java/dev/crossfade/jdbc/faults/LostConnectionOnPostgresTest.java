package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class LostConnectionOnPostgresTest extends LostConnectionContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
