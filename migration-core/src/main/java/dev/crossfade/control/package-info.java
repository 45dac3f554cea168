/** Stages and dials, and where they come from: an OpenFeature client or a program. */
@NullMarked
package dev.crossfade.control;

import org.jspecify.annotations.NullMarked;
