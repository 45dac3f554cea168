/** Decisions about the fence, without a database. */
@NullMarked
package dev.crossfade.jdbc.internal.fence;

import org.jspecify.annotations.NullMarked;
