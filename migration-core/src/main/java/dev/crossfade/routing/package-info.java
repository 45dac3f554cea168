/** Which side a read goes to, and why: sticky buckets and read routes. */
@NullMarked
package dev.crossfade.routing;

import org.jspecify.annotations.NullMarked;
