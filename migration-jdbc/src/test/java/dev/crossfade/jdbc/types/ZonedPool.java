package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.TestServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A pool whose sessions are in a zone of the test's choice. */
final class ZonedPool {
    /** Zones that have little in common. */
    enum Zone {
        BERLIN("Europe/Berlin", "+01:00"),
        NEW_YORK("America/New_York", "-05:00"),
        KATHMANDU("Asia/Kathmandu", "+05:45");

        final String id;

        /** MariaDB knows names only after they were loaded. */
        final String offset;

        Zone(String id, String offset) {
            this.id = id;
            this.offset = offset;
        }
    }

    private final DataSource pool;
    private final TestServer server;
    private volatile String zone;

    ZonedPool(DataSource pool, TestServer server) {
        this.pool = pool;
        this.server = server;
        this.zone = nameOf(Zone.BERLIN);
    }

    private String nameOf(Zone known) {
        return server == TestServer.MARIADB ? known.offset : known.id;
    }

    /** From the next connection on. */
    void setZone(Zone known) {
        setZone(nameOf(known));
    }

    /** Likewise, by the server's own name. */
    void setZone(String name) {
        zone = name;
    }

    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                ZonedPool.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    try {
                        Object result = method.invoke(pool, arguments);
                        if (result instanceof Connection connection) {
                            enter(connection);
                        }
                        return result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }

    private void enter(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute((server == TestServer.MARIADB ? "SET time_zone = '" : "SET TIME ZONE '") + zone + "'");
        }
    }
}
