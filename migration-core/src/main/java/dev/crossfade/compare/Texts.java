package dev.crossfade.compare;

import java.text.Normalizer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Texts and byte arrays, compared exactly; this names the usual ways in which databases bend them. */
final class Texts {

    /** Longer texts are only called different: finding out how would copy them. */
    private static final int MAX_CLASSIFIED = 4_096;

    private Texts() {}

    /** How the texts differ, or {@code null} if they hold the same characters. */
    static @Nullable DifferenceClass difference(CharSequence primary, CharSequence secondary) {
        if (primary.length() == secondary.length() && CharSequence.compare(primary, secondary) == 0) {
            return null;
        }
        if (Math.max(primary.length(), secondary.length()) > MAX_CLASSIFIED) {
            return DifferenceClass.VALUE;
        }
        return classify(primary.toString(), secondary.toString());
    }

    /** How the bytes differ, or {@code null} if they are the same. */
    static @Nullable DifferenceClass difference(byte[] primary, byte[] secondary) {
        int mismatch = Arrays.mismatch(primary, secondary);
        if (mismatch < 0) {
            return null;
        }
        byte[] longer = primary.length > secondary.length ? primary : secondary;
        if (mismatch < Math.min(primary.length, secondary.length)) {
            return DifferenceClass.VALUE;
        }
        for (int i = mismatch; i < longer.length; i++) {
            if (longer[i] != 0) {
                return DifferenceClass.TRUNCATED;
            }
        }
        return DifferenceClass.PADDING;
    }

    private static DifferenceClass classify(String primary, String secondary) {
        if (primary.stripTrailing().equals(secondary.stripTrailing())) {
            return DifferenceClass.PADDING;
        }
        if (primary.equalsIgnoreCase(secondary)) {
            return DifferenceClass.CASE;
        }
        if (!(isAscii(primary) && isAscii(secondary)) && composed(primary).equals(composed(secondary))) {
            return DifferenceClass.UNICODE_FORM;
        }
        boolean truncated = !primary.isEmpty()
                && !secondary.isEmpty()
                && (primary.startsWith(secondary) || secondary.startsWith(primary));
        return truncated ? DifferenceClass.TRUNCATED : DifferenceClass.VALUE;
    }

    /** Ascii has one form only; normalizing it costs more than all the rest. */
    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static String composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }
}
