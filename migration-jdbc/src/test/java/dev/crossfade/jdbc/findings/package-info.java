/** Keys that differ, from the shadow read that finds them to the handover that waits for them. */
@NullMarked
package dev.crossfade.jdbc.findings;

import org.jspecify.annotations.NullMarked;
