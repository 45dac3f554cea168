package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ForcedInterleavingsOnPostgresTest extends ForcedInterleavingsContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
