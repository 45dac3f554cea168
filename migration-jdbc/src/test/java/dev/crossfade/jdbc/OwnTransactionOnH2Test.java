package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class OwnTransactionOnH2Test extends OwnTransactionContract {
    @Override
    TestServer engine() {
        return TestServer.H2;
    }
}
