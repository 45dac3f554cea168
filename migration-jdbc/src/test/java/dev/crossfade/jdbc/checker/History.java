package dev.crossfade.jdbc.checker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The operation logs of all writers. */
public final class History {
    private final Map<String, KeyHistory> keys = new TreeMap<>();

    /**
     * Reads one log per writer; the file's name is the writer's. A last line without its end was torn by the writer's death
     * before it was flushed, so that nobody was told of it: it does not count. A line that makes no sense elsewhere is an
     * error.
     */
    public static History read(Collection<Path> logs) throws IOException {
        History history = new History();
        for (Path log : logs) {
            String text = Files.readString(log);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            whole.lines()
                    .forEach(line ->
                            history.add(Operation.parse(line, log.getFileName().toString())));
        }
        return history;
    }

    private void add(Operation operation) {
        keys.computeIfAbsent(operation.key(), key -> new KeyHistory()).add(operation);
    }

    /** How many operations were acknowledged. */
    public long acknowledged() {
        return keys.values().stream().mapToLong(KeyHistory::acknowledged).sum();
    }

    Set<String> keys() {
        return keys.keySet();
    }

    KeyHistory of(String key) {
        return keys.getOrDefault(key, new KeyHistory());
    }
}
