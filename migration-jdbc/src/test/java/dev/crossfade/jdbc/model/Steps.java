package dev.crossfade.jdbc.model;

import java.util.function.Consumer;

/** Receives what may happen next. */
interface Steps {
    /** One atomic step: {@code effect} turns a copy of the present state into the next one. */
    void step(String actor, String what, Consumer<World> effect);
}
