package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.EntityKey;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns keys into the bytes that the ledger stores, and back. Distinct keys of an entity give distinct bytes.
 *
 * <p>The list of types is closed: {@code Short}, {@code Integer}, {@code Long}, {@code UUID}, {@code String}, lists of
 * these, and records whose components are these. The bytes hold type tags and lengths, no class names; a record is
 * therefore decoded as the class that was registered for its entity, one class per entity. Numbers keep their order,
 * so that rising ids fill an index from left to right.
 *
 * <p>Immutable. Messages name entity and type, never the key.
 */
public final class KeyCodec {
    /** A key's bytes are at most this many. */
    public static final int MAX_BYTES = 512;

    /** An entity's name has at most this many characters. */
    public static final int MAX_ENTITY_CHARACTERS = 128;

    private static final int MAX_DEPTH = 8;
    private static final byte SHORT = 1;
    private static final byte INTEGER = 2;
    private static final byte LONG = 3;
    private static final byte IDENTIFIER = 4;
    private static final byte TEXT = 5;
    private static final byte LIST = 6;
    private static final byte RECORD = 7;

    private final Map<String, RecordType> records;

    private KeyCodec(Map<String, RecordType> records) {
        this.records = Map.copyOf(records);
    }

    /** A codec that knows no records yet. */
    public static KeyCodec standard() {
        return new KeyCodec(Map.of());
    }

    /**
     * A codec that also knows this record as the key of this entity.
     *
     * @throws IllegalArgumentException if a component is of no supported type, or the entity has another record already
     */
    public KeyCodec with(String entity, Class<? extends Record> keyType) {
        RecordType known = records.get(entity);
        if (known != null && known.type != keyType) {
            throw new IllegalArgumentException("Entity '" + entity + "' has the key type " + known.type.getName()
                    + " already; it cannot also have " + keyType.getName());
        }
        Map<String, RecordType> more = new HashMap<>(records);
        more.put(entity, RecordType.of(entity, keyType, 1));
        return new KeyCodec(more);
    }

    /**
     * The key's bytes, at most {@value #MAX_BYTES}.
     *
     * @throws IllegalArgumentException if the key is too long, of another type, holds a null, or is text that UTF-8 cannot hold
     */
    public byte[] encode(EntityKey key) {
        String entity = key.entity();
        if (entity.isEmpty() || entity.length() > MAX_ENTITY_CHARACTERS) {
            throw new IllegalArgumentException(
                    "An entity's name has " + entity.length() + " characters; use 1 to " + MAX_ENTITY_CHARACTERS);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(32);
        write(entity, key.key(), records.get(entity), 1, out);
        if (out.size() > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "A key of entity '" + entity + "' (" + key.key().getClass().getName()
                            + ") takes " + out.size() + " bytes; the ledger holds keys of at most " + MAX_BYTES
                            + " bytes. Use a shorter key, such as a digest.");
        }
        return out.toByteArray();
    }

    /**
     * The key that gave these bytes.
     *
     * @throws IllegalArgumentException if the bytes are of no key of this entity as it is registered here
     */
    public EntityKey decode(String entity, byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            Object key = read(entity, in, records.get(entity), 1);
            if (in.hasRemaining()) {
                throw malformed(entity, null);
            }
            return new EntityKey(entity, key);
        } catch (BufferUnderflowException | CharacterCodingException e) {
            throw malformed(entity, e);
        }
    }

    private static void write(
            String entity, @Nullable Object value, @Nullable RecordType type, int depth, ByteArrayOutputStream out) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "A key of entity '" + entity + "' is nested more than " + MAX_DEPTH + " deep");
        }
        if (value instanceof Long number) {
            out.write(LONG);
            writeNumber(number ^ Long.MIN_VALUE, Long.BYTES, out);
        } else if (value instanceof Integer number) {
            out.write(INTEGER);
            writeNumber(number ^ Integer.MIN_VALUE, Integer.BYTES, out);
        } else if (value instanceof Short number) {
            out.write(SHORT);
            writeNumber(number ^ Short.MIN_VALUE, Short.BYTES, out);
        } else if (value instanceof UUID id) {
            out.write(IDENTIFIER);
            writeNumber(id.getMostSignificantBits(), Long.BYTES, out);
            writeNumber(id.getLeastSignificantBits(), Long.BYTES, out);
        } else if (value instanceof String text) {
            out.write(TEXT);
            writeText(entity, text, out);
        } else if (value instanceof List<?> list) {
            out.write(LIST);
            writeLength(list.size(), out);
            list.forEach(element -> write(entity, element, null, depth + 1, out));
        } else if (type != null && type.type.isInstance(value)) {
            out.write(RECORD);
            for (int i = 0; i < type.components.size(); i++) {
                write(entity, type.component(entity, value, i), type.nested(i), depth + 1, out);
            }
        } else {
            throw unsupported(entity, value);
        }
    }

    private static Object read(String entity, ByteBuffer in, @Nullable RecordType type, int depth)
            throws CharacterCodingException {
        if (depth > MAX_DEPTH) {
            throw malformed(entity, null);
        }
        return switch (in.get()) {
            case LONG -> in.getLong() ^ Long.MIN_VALUE;
            case INTEGER -> in.getInt() ^ Integer.MIN_VALUE;
            case SHORT -> (short) (in.getShort() ^ Short.MIN_VALUE);
            case IDENTIFIER -> new UUID(in.getLong(), in.getLong());
            case TEXT -> readText(entity, in);
            case LIST -> readList(entity, in, depth);
            case RECORD -> readRecord(entity, in, type, depth);
            default -> throw malformed(entity, null);
        };
    }

    private static List<Object> readList(String entity, ByteBuffer in, int depth) throws CharacterCodingException {
        int size = readLength(entity, in);
        List<Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(read(entity, in, null, depth + 1));
        }
        return Collections.unmodifiableList(list);
    }

    private static Object readRecord(String entity, ByteBuffer in, @Nullable RecordType type, int depth)
            throws CharacterCodingException {
        if (type == null) {
            throw new IllegalArgumentException("The ledger holds a record as a key of entity '" + entity
                    + "', but no record class is registered for it");
        }
        @Nullable Object[] values = new Object[type.components.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = read(entity, in, type.nested(i), depth + 1);
        }
        return type.create(entity, values);
    }

    private static void writeNumber(long value, int bytes, ByteArrayOutputStream out) {
        for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            out.write((int) (value >>> shift));
        }
    }

    private static void writeText(String entity, String text, ByteArrayOutputStream out) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            writeLength(utf8.remaining(), out);
            out.write(utf8.array(), utf8.arrayOffset(), utf8.remaining());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "A key of entity '" + entity + "' is a String with an unpaired surrogate; no database stores that",
                    e);
        }
    }

    private static String readText(String entity, ByteBuffer in) throws CharacterCodingException {
        int length = readLength(entity, in);
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(in.slice(in.position(), length))
                .toString();
        in.position(in.position() + length);
        return text;
    }

    /** Seven bits a byte, the low ones first: one byte for most keys. */
    private static void writeLength(int length, ByteArrayOutputStream out) {
        int rest = length;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    private static int readLength(String entity, ByteBuffer in) {
        int length = 0;
        for (int shift = 0; shift <= 14; shift += 7) {
            byte next = in.get();
            length |= (next & 0x7F) << shift;
            if (next >= 0) {
                if (length > in.remaining()) {
                    throw malformed(entity, null);
                }
                return length;
            }
        }
        throw malformed(entity, null);
    }

    private static IllegalArgumentException unsupported(String entity, @Nullable Object value) {
        String type = value == null ? "null" : value.getClass().getName();
        String hint = value instanceof Record ? " Register the record as the key type of this entity." : "";
        return new IllegalArgumentException("A key of entity '" + entity + "' holds " + type
                + "; the ledger stores Short, Integer, Long, UUID, String, lists of these and registered records of"
                + " these." + hint);
    }

    private static IllegalArgumentException malformed(String entity, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "The ledger holds bytes as a key of entity '" + entity + "' that no key of its present type gives",
                cause);
    }

    private record Component(
            RecordComponent component, @Nullable RecordType nested) {}

    private static final class RecordType {
        private final Class<? extends Record> type;
        private final Constructor<? extends Record> constructor;
        private final List<Component> components;

        private RecordType(
                Class<? extends Record> type, Constructor<? extends Record> constructor, List<Component> components) {
            this.type = type;
            this.constructor = constructor;
            this.components = components;
        }

        static RecordType of(String entity, Class<? extends Record> type, int depth) {
            RecordComponent[] declared = type.getRecordComponents();
            Class<?>[] types = new Class<?>[declared.length];
            List<Component> components = new ArrayList<>();
            for (int i = 0; i < declared.length; i++) {
                types[i] = declared[i].getType();
                declared[i].getAccessor().setAccessible(true);
                components.add(new Component(declared[i], nested(entity, type, declared[i], depth)));
            }
            try {
                Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return new RecordType(type, constructor, List.copyOf(components));
            } catch (NoSuchMethodException e) {
                throw new IllegalArgumentException("The record " + type.getName() + " has no canonical constructor", e);
            }
        }

        private static @Nullable RecordType nested(
                String entity, Class<?> owner, RecordComponent component, int depth) {
            Class<?> type = component.getType();
            if (type == long.class
                    || type == int.class
                    || type == short.class
                    || type == Long.class
                    || type == Integer.class
                    || type == Short.class
                    || type == UUID.class
                    || type == String.class
                    || type == List.class) {
                return null;
            }
            if (type.isRecord() && depth < MAX_DEPTH) {
                return of(entity, type.asSubclass(Record.class), depth + 1);
            }
            throw new IllegalArgumentException("The key type " + owner.getName() + " of entity '" + entity
                    + "' has the component '" + component.getName() + "' of type " + type.getName()
                    + "; use short, int, long, UUID, String, List or records of these");
        }

        @Nullable
        RecordType nested(int index) {
            return components.get(index).nested();
        }

        @Nullable
        Object component(String entity, Object value, int index) {
            try {
                return components.get(index).component().getAccessor().invoke(value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException(
                        "A key of entity '" + entity + "' (" + type.getName() + ") cannot be taken apart", e);
            }
        }

        Object create(String entity, @Nullable Object[] values) {
            try {
                return constructor.newInstance(values);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                throw malformed(entity, e);
            }
        }
    }
}
