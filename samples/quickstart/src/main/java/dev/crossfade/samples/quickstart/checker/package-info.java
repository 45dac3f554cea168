/** An independent judge: plain JDBC over both databases, nothing shared with library, repositories or domain. */
@NullMarked
package dev.crossfade.samples.quickstart.checker;

import org.jspecify.annotations.NullMarked;
