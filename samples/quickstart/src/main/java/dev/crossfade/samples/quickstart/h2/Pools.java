package dev.crossfade.samples.quickstart.h2;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/** Pools of connections to H2, embedded or served. */
public final class Pools {
    private static final int SIZE = 16;
    private static final int CONNECTION_TIMEOUT_MILLIS = 2_000;

    private Pools() {}

    /** @param url without settings; they are the same for every pool */
    public static HikariDataSource open(String name, String url) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url + ";LOCK_TIMEOUT=2000");
        // A database in memory lives as long as a connection to it is open.
        config.setMaxLifetime(0);
        config.setMaximumPoolSize(SIZE);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        return new HikariDataSource(config);
    }
}
