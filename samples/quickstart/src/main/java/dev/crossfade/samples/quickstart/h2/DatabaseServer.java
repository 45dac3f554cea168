package dev.crossfade.samples.quickstart.h2;

import java.sql.SQLException;
import org.h2.tools.Server;

/** Lets other processes of this machine use the databases in this process's memory, on a port that is free. */
public final class DatabaseServer implements AutoCloseable {
    private final Server server;

    private DatabaseServer(Server server) {
        this.server = server;
    }

    /** Starts to listen. Calls from other machines are refused, and no database can be created from outside. */
    public static DatabaseServer start() throws SQLException {
        return new DatabaseServer(
                Server.createTcpServer("-tcpPort", "0", "-tcpDaemon").start());
    }

    /** Where other processes find the database. */
    public String url(EmbeddedDatabase database) {
        return "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:" + database.name();
    }

    @Override
    public void close() {
        server.stop();
    }
}
