/** An embedded database with its connection pool, for both stores of the sample. */
@NullMarked
package dev.crossfade.samples.quickstart.h2;

import org.jspecify.annotations.NullMarked;
