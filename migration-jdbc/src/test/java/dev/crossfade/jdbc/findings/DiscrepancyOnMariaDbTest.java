package dev.crossfade.jdbc.findings;

import dev.crossfade.jdbc.testing.Pair;

class DiscrepancyOnMariaDbTest extends DiscrepancyContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
