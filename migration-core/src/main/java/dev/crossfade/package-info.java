/** Where a service begins: the migration, its builder, the annotations of repository methods and the exceptions. */
@NullMarked
package dev.crossfade;

import org.jspecify.annotations.NullMarked;
