/** Real databases for tests: servers started once per JVM, fresh databases, and the pairs that a contract runs on. */
@NullMarked
package dev.crossfade.jdbc.testing;

import org.jspecify.annotations.NullMarked;
