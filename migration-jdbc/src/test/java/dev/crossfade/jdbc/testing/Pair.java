package dev.crossfade.jdbc.testing;

/**
 * The engines that a contract runs on. A contract is an abstract test {@code XContract} that asks its subclass for a pair
 * and opens it before each test; {@code XOnPostgresTest}, {@code XOnMariaDbTest}, {@code XOnH2Test} and
 * {@code XPostgresToMariaDbTest} do nothing but name one.
 */
public enum Pair {
    H2(TestServer.H2, TestServer.H2),
    POSTGRES(TestServer.POSTGRES, TestServer.POSTGRES),
    MARIADB(TestServer.MARIADB, TestServer.MARIADB),
    POSTGRES_TO_MARIADB(TestServer.POSTGRES, TestServer.MARIADB),
    MARIADB_TO_POSTGRES(TestServer.MARIADB, TestServer.POSTGRES);

    private final TestServer legacy;
    private final TestServer next;

    Pair(TestServer legacy, TestServer next) {
        this.legacy = legacy;
        this.next = next;
    }

    /** A fresh database on each side. */
    public TestDatabases open() {
        return new TestDatabases(legacy.newDatabase(), next.newDatabase());
    }
}
