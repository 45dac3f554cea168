package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class TableCopyOnH2Test extends TableCopyContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
