/** The state of an entity on either side: find, overwrite, delete. */
@NullMarked
package dev.crossfade.internal.state;

import org.jspecify.annotations.NullMarked;
