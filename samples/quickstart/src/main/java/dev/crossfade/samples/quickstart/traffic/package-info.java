/** Steady traffic through the repository interface, and the book of what was acknowledged. */
@NullMarked
package dev.crossfade.samples.quickstart.traffic;

import org.jspecify.annotations.NullMarked;
