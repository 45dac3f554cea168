package dev.crossfade.simulator;

/**
 * A row.
 *
 * @param stamp unique to the write that made this state, so that a state tells where it belongs in the key's history
 */
record Item(Long id, long stamp) {}
