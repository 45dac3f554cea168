/** Keeps the keys on which the stores differ in the databases themselves, for every instance to see. */
@NullMarked
package dev.crossfade.jdbc.internal.findings;

import org.jspecify.annotations.NullMarked;
