package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ForcedInterleavingsOnMariaDbTest extends ForcedInterleavingsContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
