package dev.crossfade.control;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stage that a control asks for. A wish moves nothing by itself: it goes through the same gates as an operator's
 * call.
 *
 * @param stage    the stage asked for
 * @param revision at least 1 and higher than the last revision that the fence has seen, or the wish is ignored; {@code
 *                 null} permits the move that someone starts by API, and starts none
 */
public record Wish(Stage stage, @Nullable Long revision) {
    public Wish {
        Objects.requireNonNull(stage, "stage");
        if (revision != null && revision < 1) {
            throw new IllegalArgumentException("Wish revision is " + revision + "; choose 1 or more");
        }
    }
}
