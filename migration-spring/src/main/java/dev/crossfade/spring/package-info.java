/** Wiring of migrations into Spring; no migration logic lives here. */
@NullMarked
package dev.crossfade.spring;

import org.jspecify.annotations.NullMarked;
