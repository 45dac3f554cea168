package dev.crossfade.jdbc;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts of JSON compared by what they mean: whatever the order of names, the blanks, the escapes, the form of numbers. Of a
 * name that comes twice the last counts, as in PostgreSQL's {@code jsonb}.
 */
final class JsonText {
    private static final int MAX_DEPTH = 512;

    /** A number that takes more room than its text is left as text. */
    private static final int MAX_NUMBER = 100;

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /** Whether both mean the same; texts that are no JSON do if they are equal. */
    static boolean isSame(String x, String y) {
        if (x.equals(y)) {
            return true;
        }
        try {
            return new JsonText(x).whole().equals(new JsonText(y).whole());
        } catch (IllegalArgumentException noJson) {
            return false;
        }
    }

    private Object whole() {
        Object value = value(1);
        blanks();
        require(at == text.length());
        return value;
    }

    private Object value(int depth) {
        require(depth <= MAX_DEPTH);
        blanks();
        char first = peek();
        return switch (first) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> List.of("string", string());
            default -> plain();
        };
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> members = new HashMap<>();
        at++;
        blanks();
        if (took('}')) {
            return members;
        }
        do {
            blanks();
            require(peek() == '"');
            String name = string();
            blanks();
            require(took(':'));
            members.put(name, value(depth + 1));
            blanks();
        } while (took(','));
        require(took('}'));
        return members;
    }

    private List<Object> array(int depth) {
        List<Object> elements = new ArrayList<>(List.of("array"));
        at++;
        blanks();
        if (took(']')) {
            return elements;
        }
        do {
            elements.add(value(depth + 1));
            blanks();
        } while (took(','));
        require(took(']'));
        return elements;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        at++;
        while (!took('"')) {
            char next = peek();
            at++;
            string.append(next == '\\' ? escaped() : next);
        }
        return string.toString();
    }

    private char escaped() {
        char escape = peek();
        at++;
        return switch (escape) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                require(at + 4 <= text.length());
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> escape;
        };
    }

    /** A number by its value; true, false and null. */
    private Object plain() {
        int from = at;
        while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        if (word.equals("true") || word.equals("false") || word.equals("null")) {
            return word;
        }
        BigDecimal number = new BigDecimal(word);
        return Math.abs((long) number.scale()) > MAX_NUMBER ? word : normal(number);
    }

    private static BigDecimal normal(BigDecimal number) {
        return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        require(at < text.length());
        return text.charAt(at);
    }

    private boolean took(char expected) {
        boolean there = at < text.length() && text.charAt(at) == expected;
        at += there ? 1 : 0;
        return there;
    }

    private static void require(boolean isJson) {
        if (!isJson) {
            throw new IllegalArgumentException("no JSON");
        }
    }
}
