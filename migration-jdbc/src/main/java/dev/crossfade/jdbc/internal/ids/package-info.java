/** Generated ids across a handover: the new primary must generate none that is in use. */
@NullMarked
package dev.crossfade.jdbc.internal.ids;

import org.jspecify.annotations.NullMarked;
