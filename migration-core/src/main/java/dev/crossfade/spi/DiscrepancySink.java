package dev.crossfade.spi;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.State;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the keys on which the stores differ: one record per key, whoever finds it, and a bounded number of them. Called by
 * background threads and operators, never on the way of a read or a write. Safe for use by many threads.
 *
 * <p>Every method throws a {@link MigrationException} if it cannot be carried out; nothing was changed then.
 */
public interface DiscrepancySink {

    /**
     * The versions of keys that are clean; a key that is dirty or parked is left out. If a key has the same version before
     * and after both sides were read, a difference between them is one.
     */
    Map<EntityKey, Version> versions(Collection<EntityKey> keys);

    /**
     * Notes findings, all of them or none. A record that was resolved is opened again; one that was accepted stays so while
     * the key's version and the fields that differ are the same.
     *
     * @param unrecorded how many more findings there were for which the caller had no room
     * @return the keys among them that were accepted as they are
     */
    Set<EntityKey> record(Collection<Finding> findings, long unrecorded);

    /** How many there are, after resolving those whose key was refreshed to a later version. */
    Summary summary();

    /** Records in this state, oldest first, at most {@code max}; as {@link #summary} otherwise. */
    List<Discrepancy> list(State state, int max);

    /**
     * Closes open records that are as the caller has seen them: the same version, the same epoch. Audited.
     *
     * @param as  {@link State#RESOLVED} or {@link State#ACCEPTED}
     * @return how many were closed
     */
    int close(Collection<Discrepancy> seen, State as, Operator operator);

    /** Forgets how many findings had no room, after a person has taken care of them. Audited. */
    void forgetUnrecorded(Operator operator);

    /** Adds to the audit trail, where there is one. */
    void audit(Operator operator, String what, String outcome);

    /**
     * How many there are.
     *
     * @param open       records that wait
     * @param accepted   records that an operator has decided to leave
     * @param unrecorded findings for which there was no room, since they were last forgotten
     */
    record Summary(long open, long accepted, long unrecorded) {}
}
