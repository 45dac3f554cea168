package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.jdbc.internal.site.Site;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Sees to it that the new primary generates no id that is in use already. */
public interface IdAlignment {

    /** What stands in the way of aligning, each with what to do; empty if nothing. */
    List<String> objections(Site from, Site to);

    /**
     * Moves the generators of {@code to} beyond every id in use on either side. Called while no write can begin.
     *
     * @param limit how long a statement may take or wait for locks on the service's tables, 1 ms or more
     */
    void align(Site from, Site to, Duration limit) throws SQLException;
}
