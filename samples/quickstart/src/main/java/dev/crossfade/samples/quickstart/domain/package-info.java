/** The order domain of the service: what callers see, whichever database answers. */
@NullMarked
package dev.crossfade.samples.quickstart.domain;

import org.jspecify.annotations.NullMarked;
