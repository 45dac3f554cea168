package dev.crossfade.internal.move;

import dev.crossfade.Operator;
import dev.crossfade.control.Stage;
import dev.crossfade.control.Wish;
import dev.crossfade.internal.view.Context;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries the stage that a control wishes for: once per revision, through the same gates as an operator. */
public final class WishFollower {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final StageMover mover;

    public WishFollower(Context context, StageMover mover) {
        this.context = context;
        this.mover = mover;
    }

    /** Whether there is a wish that has not been tried. */
    public boolean isDue() {
        return due().isPresent();
    }

    private Optional<Wish> due() {
        return context.views()
                .base()
                .settings
                .wish()
                .filter(wish -> wish.revision() != null
                        && wish.revision() > context.fence().view().revision());
    }

    /** Tries the wish, if there is one that has not been tried. */
    public void follow() {
        Wish wish = due().orElse(null);
        if (wish == null || wish.revision() == null || !context.fence().claimRevision(wish.revision())) {
            return;
        }
        Stage now = context.fence().view().stage();
        if (now == wish.stage()) {
            log.info(
                    "{} - the flag's revision {} wishes for {}, where it is",
                    context.migration(),
                    wish.revision(),
                    now);
            return;
        }
        mover.move(wish.stage(), Operator.of("flag", "wish of revision " + wish.revision()));
    }
}
