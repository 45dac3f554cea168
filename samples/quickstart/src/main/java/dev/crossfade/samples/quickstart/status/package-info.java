/** The live status line. */
@NullMarked
package dev.crossfade.samples.quickstart.status;

import org.jspecify.annotations.NullMarked;
