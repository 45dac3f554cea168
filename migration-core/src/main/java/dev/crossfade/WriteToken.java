package dev.crossfade;

import dev.crossfade.spi.Version;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Proof of a write that can travel to another request: as long as the secondary may lack the write, queries that carry
 * the token go to the primary. Where the token says nothing, such as in another process with an in-memory ledger, they
 * go to the primary too.
 *
 * <p>Take it after a write from {@link Migration#writeToken()}, hand {@link #toString()} to the client, and bring it
 * back with {@link #parse} and {@link CallScope#carrying}. It holds no keys and no values.
 *
 * @param migration the migration's name
 * @param instance  the ledger that gave the version
 * @param version   the ledger's version at that time
 */
public record WriteToken(String migration, String instance, Version version) {
    private static final Pattern FORM = Pattern.compile("([^/]{1,100})/([0-9a-f]{1,16})/(\\d{1,18})/(\\d{1,18})");

    public WriteToken {
        Objects.requireNonNull(migration, "migration");
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(version, "version");
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if the text is no token
     */
    public static WriteToken parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "This is no write token; pass on what WriteToken.toString() gave, unchanged");
        }
        Version version = new Version(Long.parseLong(parts.group(3)), Long.parseLong(parts.group(4)));
        return new WriteToken(parts.group(1), parts.group(2), version);
    }

    @Override
    public String toString() {
        return migration + "/" + instance + "/" + version.generation() + "/" + version.counter();
    }
}
