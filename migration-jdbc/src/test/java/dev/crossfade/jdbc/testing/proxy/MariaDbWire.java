package dev.crossfade.jdbc.testing.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Every packet has three bytes of length, a number, and its payload; a command is number 0. */
final class MariaDbWire implements Wire {
    private static final int HEADER = 4;
    private static final int QUERY = 3;

    private final Messages fromClient = new Messages();
    private final Messages fromServer = new Messages();

    @Override
    public boolean commits(byte[] bytes, int length) {
        fromClient.add(bytes, length);
        boolean found = false;
        for (ByteBuffer packet = next(fromClient); packet != null; packet = next(fromClient)) {
            found |= isCommit(packet);
        }
        return found;
    }

    private static boolean isCommit(ByteBuffer packet) {
        return packet.limit() > HEADER
                && packet.get(3) == 0
                && packet.get(HEADER) == QUERY
                && UTF_8.decode(packet.position(HEADER + 1)).toString().strip().equalsIgnoreCase("COMMIT");
    }

    /** COMMIT is answered by one packet. */
    @Override
    public boolean answered(byte[] bytes, int length) {
        fromServer.add(bytes, length);
        return next(fromServer) != null;
    }

    private static @Nullable ByteBuffer next(Messages messages) {
        return messages.next(
                HEADER,
                header -> HEADER
                        + (Byte.toUnsignedInt(header.get(0))
                                | Byte.toUnsignedInt(header.get(1)) << 8
                                | Byte.toUnsignedInt(header.get(2)) << 16));
    }
}
