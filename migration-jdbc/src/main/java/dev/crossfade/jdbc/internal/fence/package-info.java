/** The fence of both databases: what it says, who may write, and how the primary moves. */
@NullMarked
package dev.crossfade.jdbc.internal.fence;

import org.jspecify.annotations.NullMarked;
