package dev.crossfade.routing;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;

/**
 * Turns a routing key into a stable number from 0 to 9 999, so that one key keeps one route. A read goes to the new
 * side if the bucket of its key is lower than the share of reads in basis points: raising the share only adds keys,
 * lowering it only removes them, and a key moves at the same share on every instance and after every restart.
 *
 * <p>The bucket is MurmurHash3 x86 32-bit with seed 0 over the UTF-8 of the salt, one byte 0 and the UTF-8 of the key,
 * taken as an unsigned number, modulo {@value #BUCKETS}. A char that is half of a surrogate pair only is encoded as
 * {@code '?'}, as {@link String#getBytes(java.nio.charset.Charset)} does. The algorithm is by Austin Appleby, who put
 * it into the public domain: MurmurHash3.cpp in <a href="https://github.com/aappleby/smhasher">aappleby/smhasher</a>.
 *
 * <p>These numbers are a contract for the lifetime of the library; a service in another language may compute them too:
 *
 * <table>
 * <caption>Test vectors</caption>
 * <tr><th>salt</th><th>key</th><th>bucket</th></tr>
 * <tr><td>orders</td><td>(empty)</td><td>4931</td></tr>
 * <tr><td>orders</td><td>a</td><td>7400</td></tr>
 * <tr><td>orders</td><td>user-42</td><td>1743</td></tr>
 * <tr><td>orders</td><td>42</td><td>3887</td></tr>
 * <tr><td>orders</td><td>-7</td><td>4317</td></tr>
 * <tr><td>orders</td><td>9223372036854775807</td><td>9167</td></tr>
 * <tr><td>orders</td><td>123e4567-e89b-12d3-a456-426614174000</td><td>4475</td></tr>
 * <tr><td>orders</td><td>jörg@example.org</td><td>6438</td></tr>
 * <tr><td>orders</td><td>東京</td><td>7537</td></tr>
 * <tr><td>orders</td><td>🚀</td><td>9038</td></tr>
 * <tr><td>invoices</td><td>user-42</td><td>9320</td></tr>
 * <tr><td>注文</td><td>user-42</td><td>8027</td></tr>
 * </table>
 *
 * <p>Different salts give independent buckets, so that two migrations at 10 % do not pick the same users. Immutable and
 * safe for use by many threads; no method allocates memory.
 */
public final class StickyBucket {
    /** How many buckets there are: one per basis point, a hundredth of a percent. */
    public static final int BUCKETS = 10_000;

    private static final int C1 = 0xcc9e2d51;
    private static final int C2 = 0x1b873593;
    private static final long INT = 0xffff_ffffL;

    /** The hash after all whole 4-byte blocks of the prefix (salt and byte 0). */
    private final int prefixHash;
    /** The 0 to 3 bytes of the prefix that fill no block yet, the first one lowest. */
    private final int prefixTail;
    /** 8 for each byte of {@link #prefixTail}: 0, 8, 16 or 24. */
    private final int prefixBits;

    private final int prefixLength;

    private StickyBucket(byte[] prefix) {
        int hash = 0;
        int block = 0;
        int bits = 0;
        for (byte next : prefix) {
            block |= (next & 0xff) << bits;
            bits += 8;
            if (bits == 32) {
                hash = mix(hash, block);
                block = 0;
                bits = 0;
            }
        }
        this.prefixHash = hash;
        this.prefixTail = block;
        this.prefixBits = bits;
        this.prefixLength = prefix.length;
    }

    /**
     * Buckets under this salt, by default the migration's name. Changing the salt of a running migration moves users
     * between the sides.
     *
     * @param salt any text, empty too
     */
    public static StickyBucket salted(String salt) {
        Objects.requireNonNull(salt, "salt");
        return new StickyBucket((salt + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /** The bucket of a text, 0 to 9 999. Case and normalisation form count: the same user needs the same text. */
    public int of(String key) {
        int hash = prefixHash;
        int bits = prefixBits;
        long pending = prefixTail;
        int length = key.length();
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            char a = key.charAt(i);
            char b = key.charAt(i + 1);
            char c = key.charAt(i + 2);
            char d = key.charAt(i + 3);
            if ((a | b | c | d) >= 0x80) {
                return ofUtf8(key, i, hash, pending, bits);
            }
            pending |= (a | (b << 8) | (c << 16) | ((long) d << 24)) << bits;
            hash = mix(hash, (int) pending);
            pending >>>= 32;
        }
        return i == length ? finish(hash, (int) pending, prefixLength + length) : ofUtf8(key, i, hash, pending, bits);
    }

    /** Goes on from char {@code from}, up to which the key was ASCII, one code point at a time. */
    private int ofUtf8(String key, int from, int hashSoFar, long pendingSoFar, int pendingBits) {
        int hash = hashSoFar;
        long pending = pendingSoFar;
        int bits = pendingBits;
        int bytes = prefixLength + from;
        int i = from;
        while (i < key.length()) {
            int codePoint = key.codePointAt(i);
            i += Character.charCount(codePoint);
            int width = Utf8.width(codePoint);
            pending |= (Utf8.encode(codePoint) & INT) << bits;
            bits += width * 8;
            bytes += width;
            if (bits >= 32) {
                hash = mix(hash, (int) pending);
                pending >>>= 32;
                bits -= 32;
            }
        }
        return finish(hash, (int) pending, bytes);
    }

    /** The bucket of a number, 0 to 9 999; the same as of its decimal text, {@link Long#toString(long)}. */
    public int of(long key) {
        if (key == Long.MIN_VALUE) {
            return of("-9223372036854775808"); // has no positive counterpart
        }
        int hash = prefixHash;
        int bits = prefixBits;
        long pending = prefixTail;
        int bytes = prefixLength;
        long rest = key;
        if (key < 0) {
            rest = -key;
            pending |= (long) '-' << bits;
            bits += 8;
            bytes++;
            if (bits == 32) {
                hash = mix(hash, (int) pending);
                pending = 0;
                bits = 0;
            }
        }
        int groups = rest < Decimal.GROUP ? 0 : rest < Decimal.GROUP * Decimal.GROUP ? 1 : 2;
        long leading = Decimal.digits((int) Decimal.group(rest, groups));
        int digits = Decimal.significant(leading);
        bytes += digits + 8 * groups;
        long ascii = (leading | Decimal.ASCII) >>> (64 - 8 * digits);
        for (; digits >= 4; digits -= 4) {
            pending |= (ascii & INT) << bits;
            hash = mix(hash, (int) pending);
            pending >>>= 32;
            ascii >>>= 32;
        }
        pending |= ascii << bits;
        bits += 8 * digits;
        if (bits >= 32) {
            hash = mix(hash, (int) pending);
            pending >>>= 32;
            bits -= 32;
        }
        while (--groups >= 0) {
            ascii = Decimal.digits((int) Decimal.group(rest, groups)) | Decimal.ASCII;
            pending |= (ascii & INT) << bits;
            hash = mix(hash, (int) pending);
            pending = (pending >>> 32) | ((ascii >>> 32) << bits);
            hash = mix(hash, (int) pending);
            pending >>>= 32;
        }
        return finish(hash, (int) pending, bytes);
    }

    /** The bucket of a UUID, 0 to 9 999; the same as of its text in lower case, {@link UUID#toString()}. */
    public int of(UUID key) {
        long high = key.getMostSignificantBits();
        long low = key.getLeastSignificantBits();
        int c = Hex.ascii(high >>> 16);
        int d = Hex.ascii(high);
        int e = Hex.ascii(low >>> 48);
        // The 36 chars as nine words: 8 hex digits, then -4 -4 -4 -12.
        int w0 = Hex.ascii(high >>> 48);
        int w1 = Hex.ascii(high >>> 32);
        int w2 = '-' | (c << 8);
        int w3 = (c >>> 24) | ('-' << 8) | (d << 16);
        int w4 = (d >>> 16) | ('-' << 16) | (e << 24);
        int w5 = (e >>> 8) | ('-' << 24);
        int w6 = Hex.ascii(low >>> 32);
        int w7 = Hex.ascii(low >>> 16);
        int w8 = Hex.ascii(low);
        int bits = prefixBits;
        int hash = mix(prefixHash, prefixTail | (w0 << bits));
        hash = mix(hash, block(w0, w1, bits));
        hash = mix(hash, block(w1, w2, bits));
        hash = mix(hash, block(w2, w3, bits));
        hash = mix(hash, block(w3, w4, bits));
        hash = mix(hash, block(w4, w5, bits));
        hash = mix(hash, block(w5, w6, bits));
        hash = mix(hash, block(w6, w7, bits));
        hash = mix(hash, block(w7, w8, bits));
        return finish(hash, block(w8, 0, bits), prefixLength + 36);
    }

    /** The block made of the last {@code bits} bits of one word and the first of the word after it. */
    private static int block(int before, int word, int bits) {
        return (int) ((((long) word << 32) | (before & INT)) >>> (32 - bits));
    }

    private static int mix(int hash, int block) {
        return Integer.rotateLeft(hash ^ scramble(block), 13) * 5 + 0xe6546b64;
    }

    private static int scramble(int block) {
        return Integer.rotateLeft(block * C1, 15) * C2;
    }

    /** Takes in the 0 to 3 bytes left over, 0 where there is none, and the number of bytes. */
    private static int finish(int hashSoFar, int tail, int bytes) {
        int hash = hashSoFar ^ scramble(tail) ^ bytes;
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        hash ^= hash >>> 16;
        return (int) ((hash & INT) % BUCKETS);
    }
}
