/** A small service as its developers wrote it: nothing in it knows of Crossfade but two annotations. */
@NullMarked
package dev.crossfade.spring.orders;

import org.jspecify.annotations.NullMarked;
