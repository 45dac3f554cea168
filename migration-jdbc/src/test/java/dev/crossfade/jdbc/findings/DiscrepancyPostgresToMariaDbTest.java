package dev.crossfade.jdbc.findings;

import dev.crossfade.jdbc.testing.Pair;

class DiscrepancyPostgresToMariaDbTest extends DiscrepancyContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
