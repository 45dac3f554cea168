package dev.crossfade.jdbc.internal.bulk;

/** What MariaDB is told for one statement, before it. MySQL takes it for a comment. */
public enum OneStatement {
    /** An id of 0 is written as it is, where the server would give another one. */
    KEEPING_ZERO(""),
    /** The same, as if the session's zone were UTC. */
    KEEPING_ZERO_IN_UTC(", time_zone = '+00:00'");

    private final String settings;

    OneStatement(String more) {
        this.settings =
                "/*M! SET STATEMENT sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')" + more + " FOR */ ";
    }

    /** The statement with these settings. */
    public String of(String statement) {
        return settings + statement;
    }
}
