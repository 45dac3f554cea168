package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class AuditOnH2Test extends AuditContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
