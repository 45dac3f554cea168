/**
 * Judges two stores after a run by what they hold and by what was acknowledged, with plain JDBC and without a line of the
 * library that it judges.
 */
@NullMarked
package dev.crossfade.jdbc.checker;

import org.jspecify.annotations.NullMarked;
