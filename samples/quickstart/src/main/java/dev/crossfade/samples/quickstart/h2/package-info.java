/** Embedded databases with their connection pools, for both stores of the sample, and the server before them. */
@NullMarked
package dev.crossfade.samples.quickstart.h2;

import org.jspecify.annotations.NullMarked;
