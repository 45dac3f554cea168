package dev.crossfade.jdbc.internal.bulk;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** COPY by the usual driver of PostgreSQL. */
public final class PostgreSqlCopy {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};

    /** The signature, flags and the length of what may follow them. */
    private static final int HEADER_BYTES = SIGNATURE.length + 8;

    private static final byte[] HEADER = Arrays.copyOf(SIGNATURE, HEADER_BYTES);
    private static final byte[] TRAILER = {(byte) 0xff, (byte) 0xff};
    private static final int BUFFER_BYTES = 65_536;

    private PostgreSqlCopy() {}

    /** Not by way of another driver. */
    public static boolean isPossibleOn(Connection connection) {
        try {
            return connection.isWrapperFor(PGConnection.class);
        } catch (SQLException | LinkageError anotherDriver) {
            return false;
        }
    }

    /** A text as a literal of this session. */
    public static String literal(Connection connection, String text) throws SQLException {
        return "'" + connection.unwrap(PGConnection.class).escapeLiteral(text) + "'";
    }

    /** The rows of a query. */
    public static List<BinaryRow> read(Connection connection, String query) throws SQLException {
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)");
        try {
            return rows(copy);
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** Messages end where rows end, as far as servers are known, but nothing says that they have to. */
    static List<BinaryRow> rows(CopyOut copy) throws SQLException {
        List<BinaryRow> rows = new ArrayList<>();
        byte[] rest = new byte[0];
        boolean begun = false;
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            byte[] data = rest.length == 0 ? message : joined(rest, message);
            ByteBuffer buffer = ByteBuffer.wrap(data);
            int position = 0;
            if (!begun && data.length >= HEADER_BYTES) {
                int header = HEADER_BYTES + buffer.getInt(HEADER_BYTES - 4);
                begun = data.length >= header;
                position = begun ? header : 0;
            }
            if (begun) {
                int end = BinaryRow.end(buffer, position, data.length);
                while (end > position && buffer.getShort(position) >= 0) {
                    rows.add(new BinaryRow(data, position, end));
                    position = end;
                    end = BinaryRow.end(buffer, position, data.length);
                }
            }
            rest = position == data.length ? new byte[0] : Arrays.copyOfRange(data, position, data.length);
        }
        if (!Arrays.equals(rest, TRAILER)) {
            throw new SQLException("PostgreSQL ended a COPY in the midst of a row", "08P01");
        }
        return rows;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Inserts rows whose columns are of the types of the target's. */
    public static void write(Connection connection, String target, List<BinaryRow> rows) throws SQLException {
        CopyIn copy = begin(connection, target, "binary");
        try {
            byte[] buffer = Arrays.copyOf(HEADER, BUFFER_BYTES);
            int used = HEADER.length;
            for (BinaryRow row : rows) {
                if (used + row.length() + TRAILER.length > buffer.length) {
                    copy.writeToCopy(buffer, 0, used);
                    used = 0;
                    buffer = row.length() + TRAILER.length > buffer.length
                            ? new byte[row.length() + TRAILER.length]
                            : buffer;
                }
                System.arraycopy(row.data(), row.from(), buffer, used, row.length());
                used += row.length();
            }
            System.arraycopy(TRAILER, 0, buffer, used, TRAILER.length);
            copy.writeToCopy(buffer, 0, used + TRAILER.length);
            copy.endCopy();
        } finally {
            cancel(copy);
        }
    }

    /** Inserts rows that are written as text. */
    public static void write(Connection connection, String target, TextRows rows) throws SQLException {
        CopyIn copy = begin(connection, target, "text, ENCODING 'UTF8'");
        try {
            copy.writeToCopy(rows.data(), 0, rows.length());
            copy.endCopy();
        } finally {
            cancel(copy);
        }
    }

    /** @param target the table and its columns */
    private static CopyIn begin(Connection connection, String target, String format) throws SQLException {
        return connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + target + " FROM STDIN (FORMAT " + format + ")");
    }

    private static void cancel(CopyIn copy) throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
