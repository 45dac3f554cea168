package dev.crossfade.jdbc.kill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What one life of a child intends, was granted and was refused, a line each as the checker reads it. A killed process keeps
 * what it wrote, so that only acknowledgements are flushed to disk. Safe for use by many threads.
 */
public final class OperationLog implements AutoCloseable {
    /** An operation on a key; the order was taken while the key was locked. */
    public record Entry(Kind kind, long order, String key) {}

    /** What became of the key. */
    public enum Kind {
        WRITE('W'),
        DELETE('D');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    private final FileChannel file;

    private OperationLog(FileChannel file) {
        this.file = file;
    }

    static OperationLog create(Path path) throws IOException {
        return new OperationLog(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** Right before the commit: from here on nobody else knows how it ends. */
    public synchronized void intend(List<Entry> entries) throws IOException {
        write('I', entries);
    }

    /** The caller was told that these are committed; on disk when this returns. */
    public synchronized void acknowledge(List<Entry> entries) throws IOException {
        write('A', entries);
        file.force(false);
    }

    /** The transaction certainly did not commit. */
    public synchronized void rolledBack(List<Entry> entries) throws IOException {
        write('R', entries);
    }

    private void write(char stage, List<Entry> entries) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Entry entry : entries) {
            lines.append(stage)
                    .append(' ')
                    .append(entry.kind().letter)
                    .append(' ')
                    .append(entry.order())
                    .append(' ')
                    .append(entry.key())
                    .append('\n');
        }
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
