package dev.crossfade.jdbc.internal.sql;

import java.io.Serial;
import java.sql.SQLException;

/** A COMMIT was sent, and no answer came back that tells its outcome. The cause is what the driver threw. */
public final class AmbiguousCommit extends SQLException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param failure what came back in place of an answer */
    public AmbiguousCommit(Throwable failure) {
        super(failure.getMessage(), failure instanceof SQLException sql ? sql.getSQLState() : null, failure);
    }
}
