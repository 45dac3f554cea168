package dev.crossfade.spring;

import java.util.List;

/** All mistakes in how the beans of migrations are wired, each with its fix; the application was not started. */
final class WiringException extends RuntimeException {
    private final List<String> mistakes;

    WiringException(List<String> mistakes) {
        super("Crossfade cannot wire its migrations; nothing was started:\n" + bullets(mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    List<String> mistakes() {
        return mistakes;
    }

    static String bullets(List<String> mistakes) {
        return "  - " + String.join("\n  - ", mistakes);
    }
}
