package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class AuditOnPostgresTest extends AuditContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
