/** A TCP proxy before a test database that breaks the network in ways a test chooses, at points it can wait for. */
@NullMarked
package dev.crossfade.jdbc.testing.proxy;

import org.jspecify.annotations.NullMarked;
