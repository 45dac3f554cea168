package dev.crossfade.jdbc.internal.bulk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row in PostgreSQL's binary form of COPY: the number of columns, and of each column its length and bytes. */
public final class BinaryRow {
    private static final int COUNT_BYTES = 2;
    private static final int LENGTH_BYTES = 4;

    private final byte[] data;
    private final int from;
    private final int to;

    BinaryRow(byte[] data, int from, int to) {
        this.data = data;
        this.from = from;
        this.to = to;
    }

    byte[] data() {
        return data;
    }

    int from() {
        return from;
    }

    /** How many bytes it takes. */
    public int length() {
        return to - from;
    }

    /** Whether both hold the same bytes, and so the same values if their columns are of the same types. */
    public boolean isSameAs(BinaryRow other) {
        return Arrays.equals(data, from, to, other.data, other.from, other.to);
    }

    /** The values of these columns, in their order. */
    public @Nullable Object[] values(List<PostgreSqlType> types, int first, int end) {
        ByteBuffer row = ByteBuffer.wrap(data);
        int position = from + COUNT_BYTES;
        @Nullable Object[] values = new Object[end - first];
        for (int i = 0; i < end; i++) {
            int length = row.getInt(position);
            position += LENGTH_BYTES;
            if (length >= 0) {
                if (i >= first) {
                    row.limit(position + length).position(position);
                    values[i - first] = types.get(i).decode(row);
                    row.clear();
                }
                position += length;
            }
        }
        return values;
    }

    /** Where the row that begins here ends; -1 if not all of it is there, or if there is none. */
    static int end(ByteBuffer data, int from, int limit) {
        int position = from + COUNT_BYTES;
        if (position > limit) {
            return -1;
        }
        for (int columns = data.getShort(from); columns > 0; columns--) {
            if (position + LENGTH_BYTES > limit) {
                return -1;
            }
            position += LENGTH_BYTES + Math.max(0, data.getInt(position));
        }
        return position <= limit ? position : -1;
    }
}
