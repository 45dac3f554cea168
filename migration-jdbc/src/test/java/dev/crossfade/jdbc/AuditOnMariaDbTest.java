package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class AuditOnMariaDbTest extends AuditContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
