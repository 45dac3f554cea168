package dev.crossfade.jdbc.model;

import java.util.EnumSet;
import java.util.Set;

/** The rules that the actors of one search follow. */
record Rules(Set<Rule> off) {
    static Rules all() {
        return new Rules(EnumSet.noneOf(Rule.class));
    }

    static Rules without(Rule first, Rule... rest) {
        return new Rules(EnumSet.of(first, rest));
    }

    boolean hold(Rule rule) {
        return !off.contains(rule);
    }
}
