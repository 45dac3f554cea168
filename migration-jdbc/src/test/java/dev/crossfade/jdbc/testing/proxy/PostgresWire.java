package dev.crossfade.jdbc.testing.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The driver prepares COMMIT once for each connection and later only binds the statement's name, so that names are
 * followed from the start.
 */
final class PostgresWire implements Wire {
    private static final int TYPED_HEADER = 5;

    private final Messages fromClient = new Messages();
    private final Messages fromServer = new Messages();
    private final Set<String> commitStatements = new HashSet<>();

    /** Until the start-up message, messages have no type. */
    private boolean started;

    @Override
    public boolean commits(byte[] bytes, int length) {
        fromClient.add(bytes, length);
        boolean found = false;
        for (ByteBuffer message = next(); message != null; message = next()) {
            found |= started ? isCommit(message) : startsUp(message);
        }
        return found;
    }

    private @Nullable ByteBuffer next() {
        return started
                ? fromClient.next(TYPED_HEADER, PostgresWire::typedSize)
                : fromClient.next(Integer.BYTES, ByteBuffer::getInt);
    }

    private static int typedSize(ByteBuffer header) {
        return 1 + header.getInt(1);
    }

    /** A request for encryption comes before, with a version of its own. */
    private boolean startsUp(ByteBuffer message) {
        int majorVersion = message.getShort(Integer.BYTES);
        started = majorVersion == 3;
        return false;
    }

    private boolean isCommit(ByteBuffer message) {
        char type = (char) message.get(0);
        message.position(TYPED_HEADER);
        return switch (type) {
            case 'Q' -> isCommit(text(message));
            case 'P' -> {
                String statement = text(message);
                boolean commit = isCommit(text(message));
                if (commit) {
                    commitStatements.add(statement);
                } else {
                    commitStatements.remove(statement);
                }
                yield false;
            }
            case 'B' -> {
                String portal = text(message);
                String statement = text(message);
                yield portal.isEmpty() && commitStatements.contains(statement);
            }
            default -> false;
        };
    }

    private static boolean isCommit(String sql) {
        return sql.strip().equalsIgnoreCase("COMMIT");
    }

    private static String text(ByteBuffer message) {
        int start = message.position();
        while (message.get() != 0) {}
        return new String(message.array(), message.arrayOffset() + start, message.position() - 1 - start, UTF_8);
    }

    /** An answer ends with ReadyForQuery. */
    @Override
    public boolean answered(byte[] bytes, int length) {
        fromServer.add(bytes, length);
        for (ByteBuffer message = fromServer.next(TYPED_HEADER, PostgresWire::typedSize);
                message != null;
                message = fromServer.next(TYPED_HEADER, PostgresWire::typedSize)) {
            if (message.get(0) == 'Z') {
                return true;
            }
        }
        return false;
    }
}
