/** A small domain in two databases: orders that tests move from one to the other. */
@NullMarked
package dev.crossfade.jdbc.orders;

import org.jspecify.annotations.NullMarked;
