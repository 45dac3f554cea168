package dev.crossfade.jdbc.internal.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The database does not show this user the transactions of others. */
public final class HiddenTransactions extends SQLException {
    private final String missingRight;

    HiddenTransactions(String missingRight, @Nullable SQLException cause) {
        super("transactions of others are hidden", cause);
        this.missingRight = missingRight;
    }

    /** What the user lacks, such as {@code the PROCESS privilege}. */
    public String missingRight() {
        return missingRight;
    }
}
