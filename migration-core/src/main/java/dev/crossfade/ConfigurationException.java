package dev.crossfade;

import java.util.List;

/** All mistakes of one migration's configuration, each with its fix. Thrown by {@code build()}; nothing was started. */
public class ConfigurationException extends MigrationException {
    private final List<String> mistakes;

    public ConfigurationException(String migration, List<String> mistakes) {
        super(migration, message(mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** The mistakes, at least one. */
    public List<String> mistakes() {
        return mistakes;
    }

    private static String message(List<String> mistakes) {
        StringBuilder text = new StringBuilder("the configuration has ")
                .append(mistakes.size() == 1 ? "one mistake" : mistakes.size() + " mistakes")
                .append("; nothing was started.");
        mistakes.forEach(mistake -> text.append("\n  - ").append(mistake));
        return text.toString();
    }
}
