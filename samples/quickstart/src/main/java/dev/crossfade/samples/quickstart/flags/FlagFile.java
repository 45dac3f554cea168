package dev.crossfade.samples.quickstart.flags;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the flag file as the script of the run, always whole: a reader sees the file before or after a write, never a
 * part of it. Knows only what it wrote itself; an edit by a person is replaced by the next write. For one thread.
 */
public final class FlagFile {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path file;
    private final Map<String, Object> flags = new LinkedHashMap<>();

    public FlagFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    public Path path() {
        return file;
    }

    /** Sets a flag and writes the file. Values are what JSON knows: maps, lists, text, numbers, booleans. */
    public void set(String flag, Object value) {
        flags.put(flag, value);
        try {
            writeWhole(JSON.writeValueAsString(flags) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Flag " + flag + " cannot be written as JSON", e);
        }
    }

    private void writeWhole(String content) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, content, StandardCharsets.UTF_8);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("The flag file cannot be written", e);
        }
    }
}
