package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.control.Stage;
import java.util.Objects;

/**
 * What the fence of one side says.
 *
 * @param role       what this side is
 * @param stage      where the migration stands
 * @param epoch      raised by every move and by every aborted one
 * @param generation the least generation that a version of this side counts as
 * @param revision   the highest revision of a wish that was tried, 0 before the first
 * @param identity   names the database that this fence was made for; tells a clone, at most 64 characters
 */
public record FenceRow(Role role, Stage stage, long epoch, long generation, long revision, String identity) {
    public FenceRow {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(identity, "identity");
    }
}
