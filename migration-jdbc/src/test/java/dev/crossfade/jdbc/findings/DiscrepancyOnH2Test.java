package dev.crossfade.jdbc.findings;

import dev.crossfade.jdbc.testing.Pair;

class DiscrepancyOnH2Test extends DiscrepancyContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
