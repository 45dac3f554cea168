package dev.crossfade.spi;

import java.time.Duration;

/**
 * A key that cannot be applied to the secondary and waits for a person, or for a later write to it.
 *
 * @param key      the key; its text form shows a digest
 * @param reason   why, as a class of failure, never with values
 * @param attempts how many refreshes failed
 * @param dirtyFor how long the secondary has been behind on this key
 */
public record ParkedKey(EntityKey key, String reason, int attempts, Duration dirtyFor) {}
