package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class TableBackfillOnPostgresTest extends BackfillContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    @Override
    Instance.Setup setup() {
        return scene.setup().tableCopy();
    }
}
