package dev.crossfade.jdbc.internal.sql;

import java.time.Duration;

/**
 * What waits in a ledger.
 *
 * @param pending keys that the other side may be behind on, parked ones included, counted up to the caller's bound
 * @param parked  keys that wait for a person
 * @param lag     age of the oldest pending key that is not parked, zero if there is none
 */
public record Backlog(int pending, int parked, Duration lag) {}
