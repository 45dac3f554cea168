/** Where a read goes, and what happens when that side fails or has no answer. */
@NullMarked
package dev.crossfade.internal.read;

import org.jspecify.annotations.NullMarked;
