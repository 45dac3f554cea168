/** An OpenFeature provider over a JSON file that a person may edit while the service runs. */
@NullMarked
package dev.crossfade.samples.quickstart.flags;

import org.jspecify.annotations.NullMarked;
