package dev.crossfade.jdbc.testing;

import java.sql.SQLException;

/** A running server, as {@link TestServer} uses it. */
interface Backend {
    void create(String database) throws SQLException;

    /** Ends every session of the database and removes it with all that is in it. */
    void drop(String database) throws SQLException;

    /** @param port where to connect, {@link #port()} or a proxy's; ignored by a server without one */
    String url(String database, int port);

    String user();

    String password();

    /** 0 if the server is reached without a network. */
    int port();
}
