/** The order store of the order service itself: UUID ids, snapshots instead of foreign keys, status history. */
@NullMarked
package dev.crossfade.samples.quickstart.next;

import org.jspecify.annotations.NullMarked;
