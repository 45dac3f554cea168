package dev.crossfade.jdbc.testing;

import java.sql.SQLException;
import org.h2.tools.Server;

/** The TCP server of H2 before databases in the memory of this JVM. */
final class H2SharedBackend extends H2Backend {
    /** The one server of this JVM, started when it is first asked for. */
    static final class Running {
        static final H2SharedBackend INSTANCE = start();

        private Running() {}
    }

    private final Server server;

    private H2SharedBackend(Server server) {
        this.server = server;
    }

    private static H2SharedBackend start() {
        try {
            // Port 0 takes a free one; without -tcpAllowOthers only this machine is let in.
            return new H2SharedBackend(
                    Server.createTcpServer("-tcpPort", "0", "-tcpDaemon").start());
        } catch (SQLException e) {
            throw new IllegalStateException("H2 did not start", e);
        }
    }

    @Override
    String embedded(String database) {
        return super.embedded("shared_" + database);
    }

    @Override
    public String url(String database, int port) {
        return "jdbc:h2:tcp://127.0.0.1:" + port + "/mem:shared_" + database;
    }

    @Override
    public int port() {
        return server.getPort();
    }
}
