package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class TableBackfillPostgresToMariaDbTest extends BackfillContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }

    @Override
    Instance.Setup setup() {
        return scene.setup().tableCopy();
    }
}
