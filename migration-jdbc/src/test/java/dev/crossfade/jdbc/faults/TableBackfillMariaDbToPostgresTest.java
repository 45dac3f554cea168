package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class TableBackfillMariaDbToPostgresTest extends BackfillContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }

    @Override
    Instance.Setup setup() {
        return scene.setup().tableCopy();
    }
}
