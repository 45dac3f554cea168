package dev.crossfade.jdbc.testing.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Bytes of one direction as they come in, handed on as whole messages. */
final class Messages {
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    void add(byte[] bytes, int length) {
        pending.write(bytes, 0, length);
    }

    /**
     * The next message, or null if it is not complete.
     *
     * @param headerSize the bytes that {@code size} needs to see
     * @param size the size of the whole message that begins with these bytes
     */
    @Nullable
    ByteBuffer next(int headerSize, ToIntFunction<ByteBuffer> size) {
        byte[] all = pending.toByteArray();
        if (all.length < headerSize) {
            return null;
        }
        int end = size.applyAsInt(ByteBuffer.wrap(all));
        if (all.length < end) {
            return null;
        }
        pending.reset();
        pending.write(all, end, all.length - end);
        return ByteBuffer.wrap(all, 0, end).slice();
    }
}
