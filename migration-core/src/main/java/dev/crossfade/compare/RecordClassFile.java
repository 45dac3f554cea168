package dev.crossfade.compare;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Tells from a record's class file whether its {@code equals} was written by the compiler.
 *
 * <p>Reflection cannot: both kinds are declared methods, and a written one may be final, too. The compiler's is one
 * {@code invokedynamic} of {@code java.lang.runtime.ObjectMethods} and nothing else, which no source code produces. A
 * class without a readable file, or with anything unexpected in it, counts as written by hand.
 */
final class RecordClassFile {

    private static final int MAGIC = 0xCAFEBABE;
    private static final byte ALOAD_0 = 0x2a;
    private static final byte ALOAD_1 = 0x2b;
    private static final byte INVOKEDYNAMIC = (byte) 0xba;
    private static final byte IRETURN = (byte) 0xac;
    private static final int IMPLICIT_CODE_LENGTH = 8;

    private final DataInputStream in;
    private String[] texts = {};
    private int[] first = {};
    private int[] second = {};
    /** The constant of the {@code invokedynamic} in {@code equals}; 0 if that is not all it consists of. */
    private int equalsCall;

    private RecordClassFile(DataInputStream in) {
        this.in = in;
    }

    static boolean hasImplicitEquals(Class<?> type) {
        String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        try (InputStream stream = type.getResourceAsStream(file)) {
            return stream != null
                    && new RecordClassFile(new DataInputStream(new BufferedInputStream(stream))).readsImplicitEquals();
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    private boolean readsImplicitEquals() throws IOException {
        if (in.readInt() != MAGIC) {
            return false;
        }
        in.skipNBytes(4);
        readConstants();
        in.skipNBytes(6);
        in.skipNBytes(2L * in.readUnsignedShort());
        readMembers();
        readMembers();
        return equalsCall != 0 && bootstrapIsObjectMethods();
    }

    private void readConstants() throws IOException {
        int count = in.readUnsignedShort();
        texts = new String[count];
        first = new int[count];
        second = new int[count];
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[i] = in.readUTF();
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++; // takes two places
                }
                case 3, 4 -> in.skipNBytes(4);
                case 7, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
                case 15 -> {
                    in.skipNBytes(1);
                    first[i] = in.readUnsignedShort();
                }
                case 9, 10, 11, 12, 17, 18 -> {
                    first[i] = in.readUnsignedShort();
                    second[i] = in.readUnsignedShort();
                }
                default -> throw new IOException("Unknown constant " + tag);
            }
        }
    }

    private void readMembers() throws IOException {
        for (int members = in.readUnsignedShort(); members > 0; members--) {
            in.skipNBytes(2);
            String name = text(in.readUnsignedShort());
            String descriptor = text(in.readUnsignedShort());
            boolean isEquals = name.equals("equals") && descriptor.equals("(Ljava/lang/Object;)Z");
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                String attribute = text(in.readUnsignedShort());
                long length = unsignedInt();
                if (isEquals && attribute.equals("Code")) {
                    readCode(length);
                } else {
                    in.skipNBytes(length);
                }
            }
        }
    }

    private void readCode(long attributeLength) throws IOException {
        in.skipNBytes(4);
        long codeLength = unsignedInt();
        if (codeLength != IMPLICIT_CODE_LENGTH) {
            in.skipNBytes(attributeLength - 8);
            return;
        }
        byte[] code = in.readNBytes(IMPLICIT_CODE_LENGTH);
        in.skipNBytes(attributeLength - 8 - IMPLICIT_CODE_LENGTH);
        boolean implicit = code[0] == ALOAD_0 && code[1] == ALOAD_1 && code[2] == INVOKEDYNAMIC && code[7] == IRETURN;
        equalsCall = implicit ? (code[3] & 0xff) << 8 | (code[4] & 0xff) : 0;
    }

    private boolean bootstrapIsObjectMethods() throws IOException {
        for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
            String attribute = text(in.readUnsignedShort());
            long length = unsignedInt();
            if (attribute.equals("BootstrapMethods")) {
                return isObjectMethods(readBootstrapMethod(first[equalsCall]));
            }
            in.skipNBytes(length);
        }
        return false;
    }

    private int readBootstrapMethod(int index) throws IOException {
        in.skipNBytes(2);
        for (int i = 0; i < index; i++) {
            in.skipNBytes(2);
            in.skipNBytes(2L * in.readUnsignedShort());
        }
        return in.readUnsignedShort();
    }

    private boolean isObjectMethods(int methodHandle) {
        int method = first[methodHandle];
        String owner = text(first[first[method]]);
        return owner.equals("java/lang/runtime/ObjectMethods");
    }

    private String text(int index) {
        String text = texts[index];
        return text == null ? "" : text;
    }

    private long unsignedInt() throws IOException {
        return in.readInt() & 0xFFFF_FFFFL;
    }
}
