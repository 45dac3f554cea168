package dev.crossfade.routing;

/** The UTF-8 bytes of one code point, packed into an int, the first byte lowest. */
final class Utf8 {
    private Utf8() {}

    /** How many bytes {@link #encode} packs, 1 to 4. */
    static int width(int codePoint) {
        if (codePoint < 0x80 || isSurrogate(codePoint)) {
            return 1;
        }
        return codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
    }

    /** The bytes; {@code '?'} for half a surrogate pair, as {@code String.getBytes} has it. */
    static int encode(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint;
        }
        if (codePoint < 0x800) {
            return 0xc0 | (codePoint >>> 6) | (continuation(codePoint) << 8);
        }
        if (isSurrogate(codePoint)) {
            return '?';
        }
        if (codePoint < 0x1_0000) {
            return 0xe0 | (codePoint >>> 12) | (continuation(codePoint >>> 6) << 8) | (continuation(codePoint) << 16);
        }
        return 0xf0
                | (codePoint >>> 18)
                | (continuation(codePoint >>> 12) << 8)
                | (continuation(codePoint >>> 6) << 16)
                | (continuation(codePoint) << 24);
    }

    private static int continuation(int sixBits) {
        return 0x80 | (sixBits & 0x3f);
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
