/** Events, counters and meters. */
@NullMarked
package dev.crossfade.internal.observe;

import org.jspecify.annotations.NullMarked;
