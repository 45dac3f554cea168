package dev.crossfade.spi;

import dev.crossfade.Operator;

/** How much of one entity the new side holds. Safe for use by many threads. */
public interface Coverage {

    /** Whether every key that existed before the dual write began has crossed. Cheap enough for every call. */
    boolean isCopied();

    /** Whether every write since has left its key in the ledger. Cheap enough for every call. */
    boolean isTracked();

    /** The dual write begins: nothing has crossed yet. What an earlier dual write left behind stays untracked. */
    void begin();

    /** What a copy that begins now hands to {@link #copied}; it changes whenever what was copied before is void. */
    long losses();

    /** A copy has ended; false if it became void since it began, and then it proves nothing. */
    boolean copied(long lossesBefore, Operator operator);

    /** A write may have left no key in the ledger. */
    void lostTrack();
}
