package dev.crossfade.samples.quickstart.traffic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What callers did and were told, in a file outside every database that outlives the process: one entry a line. Safe for
 * use by many threads.
 */
public final class Journal implements Consumer<JournalEntry>, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantFromText()))
            .build();

    /** Writes are guarded by {@code this}. */
    private final FileChannel file;

    private Journal(FileChannel file) {
        this.file = file;
    }

    /** Begins a journal in a file that does not exist yet. */
    public static Journal create(Path file) {
        try {
            return new Journal(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new UncheckedIOException("No journal can be kept", e);
        }
    }

    /** Appends an entry; an acknowledgement is on the disk when this returns, and with it all that stands before it. */
    @Override
    public void accept(JournalEntry entry) {
        try {
            append(ByteBuffer.wrap((JSON.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8)));
            if (entry.acknowledges()) {
                file.force(false);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("An entry of the journal cannot be written as JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be written", e);
        }
    }

    private synchronized void append(ByteBuffer line) throws IOException {
        while (line.hasRemaining()) {
            file.write(line);
        }
    }

    /**
     * Reads a journal, whose process may still write it or have died in the middle of a line: a last line without its end
     * is left out.
     */
    public static void read(Path file, Consumer<JournalEntry> reader) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int begin = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                reader.accept(JSON.readValue(content, begin, i - begin, JournalEntry.class));
                begin = i + 1;
            }
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be closed", e);
        }
    }
}
