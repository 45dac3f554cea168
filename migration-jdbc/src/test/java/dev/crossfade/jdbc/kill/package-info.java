/**
 * Child JVMs that write, are killed and are replaced, and the log of what they acknowledged. What a child does is a
 * {@link dev.crossfade.jdbc.kill.Workload}; everything else is the same for each.
 */
@NullMarked
package dev.crossfade.jdbc.kill;

import org.jspecify.annotations.NullMarked;
