package dev.crossfade.routing;

/** Hexadecimal digits in lower case, as ASCII packed into an int, the first digit lowest. */
final class Hex {
    private Hex() {}

    /** The four digits of the lowest 16 bits. */
    static int ascii(long bits) {
        int nibbles = (int) (((bits >>> 12) & 0xf)
                | (((bits >>> 8) & 0xf) << 8)
                | (((bits >>> 4) & 0xf) << 16)
                | ((bits & 0xf) << 24));
        // A byte above 9 carries into its bit 4 when 6 is added; it then skips the 39 chars from ':' to 'a'.
        int letters = ((nibbles + 0x06060606) >>> 4) & 0x01010101;
        return nibbles + 0x30303030 + letters * ('a' - '0' - 10);
    }
}
