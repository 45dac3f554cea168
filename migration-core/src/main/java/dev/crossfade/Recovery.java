package dev.crossfade;

import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.write.Adoption;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Rescue;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person does after a failover or a restore, when a database may have lost commits that it had acknowledged. All
 * of it is audited. Safe for use by many threads; everything but {@link #keepPrimary} and {@link #keepSecondary} also works
 * before {@code start()}, which a migration refuses while a database is another one than before.
 *
 * <ol>
 *   <li>{@link #accept} the database that took the other one's place, if the start was refused for it.
 *   <li>{@link #raiseGeneration}, before the service writes if possible. Commits that the primary lost and the secondary
 *       has kept are found then; those keys are parked.
 *   <li>Decide each of {@link #aheadKeys}: {@link #keepPrimary} or {@link #keepSecondary}.
 *   <li>{@link Migration#copy Copy} the keys of <b>both</b> stores, every entity. Until then nothing counts as copied.
 * </ol>
 *
 * <p>A write of the service that followed the failover before the generation was raised counts as the later one: the
 * library cannot tell then that the secondary knew more of that key.
 */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final Coordination coordination;
    private final ParkedKeys parked;
    private final Adoption adoption;
    private final Runnable requireStarted;

    Recovery(
            Context context, Coordination coordination, ParkedKeys parked, Adoption adoption, Runnable requireStarted) {
        this.context = context;
        this.coordination = coordination;
        this.parked = parked;
        this.adoption = adoption;
        this.requireStarted = requireStarted;
    }

    /**
     * The generation was raised.
     *
     * @param epoch      the new epoch of both sides
     * @param generation the new generation of both sides
     * @param aheadKeys  how many keys were found that only the secondary has kept, and are parked
     */
    public record Raised(long epoch, long generation, int aheadKeys) {}

    /**
     * The primary was forced.
     *
     * @param epoch        the new epoch
     * @param generation   the new generation
     * @param possiblyLost how many keys the old primary alone had kept, which are parked; empty if it did not answer, and
     *                     then they are parked when it comes back
     */
    public record Forced(long epoch, long generation, OptionalInt possiblyLost) {}

    /**
     * Takes the database that a side's connections lead to now for the one that takes part, such as a replica after a
     * failover or a restored backup. If it may have lost commits, raise the generation next.
     *
     * @throws MigrationException if the database does not answer, has no fence, or was accepted before
     */
    public void accept(Side side, Operator operator) {
        rescue("accept").accept(side, operator);
        log.warn(
                "{} - the database of the {} side is accepted as it is, asked for by {} ({}); raise the generation if it may "
                        + "have lost commits",
                context.migration(),
                side,
                operator.name(),
                operator.reason());
    }

    /**
     * Says that one of the databases may have lost commits. Finds the keys that the secondary alone has kept and parks
     * them; raises epoch and generation of both sides, which waits for the writes under way; voids what was copied. Takes
     * about as long as reading all keys of the ledger. May be called again if it fails half-way.
     *
     * @throws MigrationException if a database does not answer or a move is under way, with what was done
     */
    public Raised raiseGeneration(Operator operator) {
        Raised raised = rescue("raiseGeneration").raiseGeneration(operator);
        log.warn(
                "{} - the generation is {} now, at epoch {}, asked for by {} ({}); {} keys wait for a decision. Copy the keys "
                        + "of both stores",
                context.migration(),
                raised.generation(),
                raised.epoch(),
                operator.name(),
                operator.reason(),
                raised.aheadKeys());
        return raised;
    }

    /**
     * Makes a side primary although the present one is lost for good. Commits that had not crossed are lost with it, so the
     * operator has to approve that there is no way back. See to it that no instance can reach the old primary: one that
     * sees nothing else would still write there. When it comes back, any instance that sees both makes it a secondary; the
     * keys that it alone has kept are parked first.
     *
     * @throws MigrationException if the side does not answer or cannot have the rows, or without the approval
     */
    public Forced forcePrimary(Side side, Operator operator) {
        Forced forced = rescue("forcePrimary").forcePrimary(side, operator);
        log.error(
                "{} - {} was forced to be primary at epoch {} by {} ({}); {}",
                context.migration(),
                side,
                forced.epoch(),
                operator.name(),
                operator.reason(),
                forced.possiblyLost().isPresent()
                        ? forced.possiblyLost().getAsInt() + " keys of the old primary wait for a decision"
                        : "the old primary does not answer, so it is not known which commits are lost");
        return forced;
    }

    /** Keys that wait for a decision because only the secondary had kept their last commits; at most {@code max}. */
    public List<EntityKey> aheadKeys(int max) {
        return rescue("aheadKeys").ahead(max);
    }

    /**
     * Decides that the primary is right about these keys: the secondary's rows are overwritten.
     *
     * @return how many of them were waiting
     */
    public int keepPrimary(Collection<EntityKey> keys, Operator operator) {
        rescue("keepPrimary");
        requireStarted.run();
        return parked.retry(keys, operator);
    }

    /**
     * Decides that the secondary is right about these keys: their rows are written to the primary as the secondary has
     * them, or deleted there, each entity's in one transaction. Constraints of the primary apply; nothing else of the
     * service takes part. A row that the service has written on the primary meanwhile is overwritten.
     *
     * @return the keys that were waiting
     * @throws Exception what a store throws; nothing was changed of that entity's keys
     */
    public List<EntityKey> keepSecondary(Collection<EntityKey> keys, Operator operator) throws Exception {
        Rescue rescue = rescue("keepSecondary");
        requireStarted.run();
        List<EntityKey> kept = adoption.adopt(keys, some -> rescue.release(some, operator));
        log.warn(
                "{} - {} rows of the secondary were written to the primary, asked for by {} ({})",
                context.migration(),
                kept.size(),
                operator.name(),
                operator.reason());
        return kept;
    }

    private Rescue rescue(String what) {
        return coordination
                .rescue()
                .orElseThrow(() -> new MigrationException(
                        context.migration(),
                        what + " needs fence and ledger in the databases; here they are held in memory and know of no "
                                + "failover. Nothing was changed. Stop the service, start it with startingAt(the stage that it "
                                + "was in) and copy the keys of both stores."));
    }
}
