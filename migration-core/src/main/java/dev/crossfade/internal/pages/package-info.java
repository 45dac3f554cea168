/** What works through the rows of an entity page by page has in common: threads, brakes, page sizes, claims and marks. */
@NullMarked
package dev.crossfade.internal.pages;

import org.jspecify.annotations.NullMarked;
