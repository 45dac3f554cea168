/** What a migration tells its listeners. */
@NullMarked
package dev.crossfade.event;

import org.jspecify.annotations.NullMarked;
