/** The order store in the shared database of the monolith: serial ids, foreign keys to users and addresses. */
@NullMarked
package dev.crossfade.samples.quickstart.legacy;

import org.jspecify.annotations.NullMarked;
