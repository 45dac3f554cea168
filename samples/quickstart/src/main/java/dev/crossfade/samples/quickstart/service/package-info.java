/** One instance of the order service, in a process of its own, and how the script of the run commands it. */
@NullMarked
package dev.crossfade.samples.quickstart.service;

import org.jspecify.annotations.NullMarked;
