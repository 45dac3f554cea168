package dev.crossfade.internal.method;

/** Where the keys of a call come from. */
public sealed interface KeySource {

    /** An argument that is a key, or a collection or array of keys. */
    record KeyArgument(int index, boolean many) implements KeySource {
        @Override
        public String toString() {
            return (many ? "keys in" : "key is") + " argument " + (index + 1);
        }
    }

    /** An argument that is an entity, or holds entities. */
    record EntityArgument(int index) implements KeySource {
        @Override
        public String toString() {
            return "entities in argument " + (index + 1);
        }
    }

    /** A result that is an entity, or holds entities. */
    record EntityResult() implements KeySource {
        @Override
        public String toString() {
            return "entities in the result";
        }
    }

    /** A result that is a key, or holds keys. */
    record KeyResult() implements KeySource {
        @Override
        public String toString() {
            return "keys in the result";
        }
    }

    /** The keys listed before, checked against the count that the write returns. */
    record Listed(String lister) implements KeySource {
        @Override
        public String toString() {
            return "keys listed by " + lister + ", count checked";
        }
    }
}
