/** What a write, its way to the other database and a handover cost on PostgreSQL, with Crossfade and with other means. */
@NullMarked
package dev.crossfade.samples.benchmarks.jdbc;

import org.jspecify.annotations.NullMarked;
