@NullMarked
package dev.crossfade.jdbc.internal.bulk;

import org.jspecify.annotations.NullMarked;
