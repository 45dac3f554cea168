/** What each method of a repository does, which keys it touches, and how it is called on either side. */
@NullMarked
package dev.crossfade.internal.method;

import org.jspecify.annotations.NullMarked;
