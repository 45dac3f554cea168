package dev.crossfade.jdbc.internal.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.copy.CopyOut;

class PostgreSqlCopyTest {
    private static final List<PostgreSqlType> TYPES =
            List.of(PostgreSqlType.INT8, PostgreSqlType.TEXT, PostgreSqlType.NUMERIC);

    /** A stream of three rows as PostgreSQL's manual describes it. */
    private static byte[] stream() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(new byte[] {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0});
        out.writeInt(0);
        out.writeInt(3);
        out.write(new byte[] {1, 2, 3});
        for (int id = 1; id <= 3; id++) {
            out.writeShort(3);
            out.writeInt(8);
            out.writeLong(id);
            if (id == 2) {
                out.writeInt(-1);
            } else {
                byte[] text = "row ä ".concat(Integer.toString(id)).getBytes(StandardCharsets.UTF_8);
                out.writeInt(text.length);
                out.write(text);
            }
            // -10001.5 in groups of four digits
            out.writeInt(14);
            for (int part : new int[] {3, 1, 0x4000, 2, 1, 1, 5000}) {
                out.writeShort(part);
            }
        }
        out.writeShort(-1);
        return bytes.toByteArray();
    }

    private static CopyOut inMessagesOf(byte[] stream, int size) {
        List<byte[]> messages = new ArrayList<>();
        for (int from = 0; from < stream.length; from += size) {
            messages.add(Arrays.copyOfRange(stream, from, Math.min(stream.length, from + size)));
        }
        Iterator<byte[]> next = messages.iterator();
        return (CopyOut) Proxy.newProxyInstance(
                CopyOut.class.getClassLoader(), new Class<?>[] {CopyOut.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("readFromCopy")) {
                        return next.hasNext() ? next.next() : null;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    private static List<List<@Nullable Object>> values(List<BinaryRow> rows) {
        return rows.stream()
                .map(row -> Arrays.asList(row.values(TYPES, 0, TYPES.size())))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 19, 22, 23, 40, 64, 10_000})
    void rows_are_the_same_wherever_the_messages_end(int size) throws Exception {
        List<BinaryRow> rows = PostgreSqlCopy.rows(inMessagesOf(stream(), size));

        BigDecimal number = new BigDecimal("-10001.50");
        assertThat(values(rows))
                .containsExactly(
                        List.of(1L, "row ä 1", number),
                        Arrays.asList(2L, null, number),
                        List.of(3L, "row ä 3", number));
        assertThat(rows.get(0).isSameAs(rows.get(1))).isFalse();
        assertThat(rows.get(0)
                        .isSameAs(PostgreSqlCopy.rows(inMessagesOf(stream(), 5)).get(0)))
                .isTrue();
    }

    @Test
    void a_stream_that_ends_in_the_midst_of_a_row_is_no_page() throws Exception {
        byte[] whole = stream();
        for (int length = 0; length < whole.length; length++) {
            CopyOut torn = inMessagesOf(Arrays.copyOf(whole, length), 16);
            assertThatExceptionOfType(SQLException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> PostgreSqlCopy.rows(torn));
        }
    }
}
