/** What becomes of a value of each type on its way from one database to the other. */
@NullMarked
package dev.crossfade.jdbc.types;

import org.jspecify.annotations.NullMarked;
