package dev.crossfade.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.jdbc.checker.History;
import dev.crossfade.jdbc.kill.OperationLog.Entry;
import dev.crossfade.jdbc.kill.OperationLog.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationLogTest {
    private static final List<Entry> ENTRIES =
            List.of(new Entry(Kind.WRITE, 5, "item 1"), new Entry(Kind.DELETE, 6, "item 2"));

    @TempDir
    private Path directory;

    @Test
    void what_a_child_logs_is_what_the_checker_reads() throws IOException {
        Path path = directory.resolve("w1");
        try (OperationLog log = OperationLog.create(path)) {
            log.intend(ENTRIES);
            assertThat(History.read(List.of(path)).acknowledged()).isZero();
            log.acknowledge(ENTRIES);
            assertThat(History.read(List.of(path)).acknowledged()).isEqualTo(2);
            log.rolledBack(List.of(new Entry(Kind.WRITE, 7, "item 1")));
        }

        assertThat(path).hasContent("I W 5 item 1\nI D 6 item 2\nA W 5 item 1\nA D 6 item 2\nR W 7 item 1\n");
    }

    @Test
    void no_life_writes_into_the_log_of_another() throws IOException {
        OperationLog.create(directory.resolve("w1")).close();

        assertThatThrownBy(() -> OperationLog.create(directory.resolve("w1")))
                .isInstanceOf(FileAlreadyExistsException.class);
    }
}
