/** What a call needs to know, in one immutable object behind one volatile read. */
@NullMarked
package dev.crossfade.internal.view;

import org.jspecify.annotations.NullMarked;
