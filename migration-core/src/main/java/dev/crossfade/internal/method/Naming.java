package dev.crossfade.internal.method;

import java.util.List;

/** The naming conventions of the ecosystem's repositories: Spring Data's and those of hand-written ones. */
final class Naming {
    static final List<String> READS =
            List.of("find", "get", "read", "query", "search", "stream", "exists", "count", "list", "load", "fetch");
    static final List<String> WRITES = List.of(
            "save", "insert", "create", "add", "update", "upsert", "put", "store", "persist", "merge", "replace",
            "delete", "remove");
    private static final List<String> DELETES = List.of("delete", "remove");

    private Naming() {}

    static boolean isRead(String name) {
        return startsWithWord(name, READS) && !saysMore(name);
    }

    /** {@code getOrCreate}, {@code findAndDelete}, {@code findByIdForUpdate}: more than a read, only its author knows what. */
    private static boolean saysMore(String name) {
        return name.endsWith("ForUpdate")
                || READS.stream()
                        .anyMatch(verb -> startsWithWord(name, List.of(verb + "And"))
                                || (startsWithWord(name, List.of(verb + "Or"))
                                        && isWrite(wordsAfter(name, verb + "Or"))));
    }

    private static String wordsAfter(String name, String start) {
        return name.length() == start.length()
                ? ""
                : Character.toLowerCase(name.charAt(start.length())) + name.substring(start.length() + 1);
    }

    static boolean isWrite(String name) {
        return startsWithWord(name, WRITES);
    }

    static boolean isDelete(String name) {
        return startsWithWord(name, DELETES);
    }

    /** {@code findById}, {@code deleteAllById}: the one argument is the key, or holds the keys. */
    static boolean isById(String name) {
        return name.endsWith("ById") || name.endsWith("ByIds") || name.endsWith("ByIdIn");
    }

    private static boolean startsWithWord(String name, List<String> words) {
        return words.stream()
                .anyMatch(word -> name.startsWith(word)
                        && (name.length() == word.length() || Character.isUpperCase(name.charAt(word.length()))));
    }
}
