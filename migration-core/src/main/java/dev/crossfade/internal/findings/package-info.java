/** Finds the keys on which the stores differ, and hands them to whoever keeps them. */
@NullMarked
package dev.crossfade.internal.findings;

import org.jspecify.annotations.NullMarked;
