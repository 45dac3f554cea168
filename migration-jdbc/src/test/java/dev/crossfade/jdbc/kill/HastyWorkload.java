package dev.crossfade.jdbc.kill;

import dev.crossfade.jdbc.kill.OperationLog.Entry;
import java.sql.SQLException;
import java.util.List;

/** Acknowledges before it commits: what the checker must not let pass. */
public final class HastyWorkload extends DirectWorkload {
    public HastyWorkload(Context context) throws SQLException {
        super(context);
    }

    @Override
    void finish(List<Entry> entries) throws Exception {
        context().log().intend(entries);
        context().log().acknowledge(entries);
        context().crashPoints().reached(CrashPoint.BEFORE_COMMIT);
        connection().commit();
        context().crashPoints().reached(CrashPoint.AFTER_PRIMARY_COMMIT);
    }
}
