/** What a comparison of two results can find, and the rules by which fields are compared. */
@NullMarked
package dev.crossfade.compare;

import org.jspecify.annotations.NullMarked;
