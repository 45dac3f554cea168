/**
 * The protocol by which the two stores stay equal, as bounded worlds that are searched in every state they can reach; it
 * imports nothing of the library, and each rule is switched off to show what breaks without it.
 */
@NullMarked
package dev.crossfade.jdbc.model;

import org.jspecify.annotations.NullMarked;
