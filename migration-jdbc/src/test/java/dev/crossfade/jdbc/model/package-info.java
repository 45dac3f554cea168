/**
 * The protocol by which the two stores stay equal, as a model small enough to be searched in every state it can reach;
 * it imports nothing of the library, and each of its rules is shown to be needed by switching it off.
 */
@NullMarked
package dev.crossfade.jdbc.model;

import org.jspecify.annotations.NullMarked;
