package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.Version;
import java.util.Objects;

/** What a refresh is about to apply to the secondary: the version that it read and the change that led to it. */
public record Applied(Version version, Change change) {
    public Applied {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(change, "change");
    }
}
