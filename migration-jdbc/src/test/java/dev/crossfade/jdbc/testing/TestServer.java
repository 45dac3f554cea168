package dev.crossfade.jdbc.testing;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * A database engine to test on. Each is started by the first test that needs it, serves every test of the JVM, and stops
 * when the JVM exits. Servers listen on loopback only.
 *
 * <p>Commits are not flushed to disk, which no test that kills processes needs. Run with
 * {@code -Dcrossfade.test.durable=true} where it matters, as in measurements.
 */
public enum TestServer {
    /** PostgreSQL, as a child process. */
    POSTGRES {
        @Override
        Backend backend() {
            return PostgresBackend.Running.INSTANCE;
        }
    },
    /** MariaDB, as a child process. Its binaries are for Linux on x86-64; elsewhere tests that need it are skipped. */
    MARIADB {
        @Override
        Backend backend() {
            Assumptions.assumeTrue(MariaDbBackend.RUNS_HERE, "MariaDB's binaries are for Linux on x86-64");
            return MariaDbBackend.Running.INSTANCE;
        }
    },
    /** H2 in the memory of this JVM, which no other process reaches. */
    H2 {
        @Override
        Backend backend() {
            return new H2Backend();
        }
    },
    /** H2 in the memory of this JVM, served over TCP so that child processes reach it. */
    H2_SHARED {
        @Override
        Backend backend() {
            return H2SharedBackend.Running.INSTANCE;
        }
    };

    static final boolean DURABLE = Boolean.getBoolean("crossfade.test.durable");

    private static final AtomicInteger DATABASES = new AtomicInteger();

    /** Starts the server if it does not run yet. */
    abstract Backend backend();

    /** Creates an empty database that no other test sees. Close it to drop it; the server outlives it. */
    public TestDatabase newDatabase() {
        Backend backend = backend();
        String name = "cf_" + DATABASES.incrementAndGet();
        try {
            backend.create(name);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create a database on " + this, e);
        }
        return new TestDatabase(this, backend, name);
    }
}
