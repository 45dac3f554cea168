package dev.crossfade.jdbc.internal.reconcile;

import dev.crossfade.reconcile.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** Scopes from their texts; the keys of a range stand in columns of their own. */
final class ScopeText {
    private ScopeText() {}

    static Scope parse(String text, @Nullable Object afterKey, @Nullable Object upToKey) {
        String[] words = text.split(" ", -1);
        return switch (words[0]) {
            case "full" -> Scope.full();
            case "keys" -> Scope.keys(afterKey, upToKey);
            case "sample" -> Scope.sample(Integer.parseInt(words[1]));
            case "written" -> Scope.writtenInTheLast(Duration.parse(words[1]));
            case "window" ->
                words[2].endsWith("Z")
                        ? Scope.window(words[1], Instant.parse(words[2]), Instant.parse(words[3]))
                        : Scope.window(words[1], LocalDateTime.parse(words[2]), LocalDateTime.parse(words[3]));
            default ->
                throw new IllegalStateException("The scope of a reconciliation is '" + words[0]
                        + "', which this version of the library does not know");
        };
    }
}
