package dev.crossfade.spi;

import java.time.Duration;

/**
 * What a ledger holds at one moment.
 *
 * @param dirty     keys that the secondary is behind on, parked ones included
 * @param parked    keys that wait for a person
 * @param lag       age of the oldest dirty key that is not parked, zero if there is none
 * @param peak      the most keys that were dirty at once since the ledger began
 * @param untracked writes whose keys could not be kept, because the ledger was full or the key unknown; while this is
 *                  higher than at the last complete copy, the secondary answers nothing
 */
public record LedgerStatus(int dirty, int parked, Duration lag, int peak, long untracked) {}
