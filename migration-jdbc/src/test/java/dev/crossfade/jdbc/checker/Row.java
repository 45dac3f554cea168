package dev.crossfade.jdbc.checker;

import java.util.Map;

/** A row by column name, each value in a form that is the same for equal values of every database. */
record Row(Map<String, String> columns) {
    static final String KEY = "item_key";
    private static final String ORDER = "op_order";
    private static final String WRITER = "writer";

    String key() {
        return column(KEY);
    }

    long order() {
        return Long.parseLong(column(ORDER));
    }

    String writer() {
        return column(WRITER);
    }

    private String column(String name) {
        String value = columns.get(name);
        if (value == null) {
            throw new IllegalStateException("The query gives no column " + name + ", only " + columns.keySet());
        }
        return value;
    }
}
