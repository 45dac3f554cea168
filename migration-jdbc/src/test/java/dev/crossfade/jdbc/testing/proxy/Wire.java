package dev.crossfade.jdbc.testing.proxy;

import dev.crossfade.jdbc.testing.TestServer;

/** As much of a database's protocol as it takes to find a COMMIT and its answer. One per connection. */
interface Wire {
    static Wire of(TestServer server) {
        return switch (server) {
            case POSTGRES -> new PostgresWire();
            case MARIADB -> new MariaDbWire();
            case H2, H2_SHARED ->
                throw new IllegalArgumentException("The proxy does not speak the protocol of " + server);
        };
    }

    /** Takes what the client sends next and says whether a message that completes in it is a COMMIT. */
    boolean commits(byte[] bytes, int length);

    /** Takes what the server sends after the COMMIT and says whether its answer is complete. */
    boolean answered(byte[] bytes, int length);
}
