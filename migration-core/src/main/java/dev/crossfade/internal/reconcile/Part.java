package dev.crossfade.internal.reconcile;

import dev.crossfade.Operator;

/** That someone has asked for a run in this process; another one for each time that someone asks. */
record Part(Operator operator) {}
