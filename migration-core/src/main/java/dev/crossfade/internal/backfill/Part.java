package dev.crossfade.internal.backfill;

import dev.crossfade.Operator;

/**
 * What this process works on, from start to end.
 *
 * @param generation      of the fence
 * @param operator        who started it
 * @param lossesBefore    what the coverage had lost then
 * @param untrackedBefore writes that had not been tracked then
 */
record Part(long generation, Operator operator, long lossesBefore, long untrackedBefore) {}
