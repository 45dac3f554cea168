package dev.crossfade.jdbc.internal.sql;

/** Why a version of the primary rises. */
enum Cause {
    /** The entity was written; what the ledger knew of the key does not matter any more. */
    WRITE(Counter.WRITE, false) {
        @Override
        String counter(String row) {
            return Counter.afterWrite(row + "counter");
        }

        @Override
        String change(String row, String change) {
            return change;
        }
    },

    /** The other side may differ; that is noted where nothing else was pending. */
    MARK(1, true) {
        @Override
        String counter(String row) {
            return Counter.afterMark(row + "counter");
        }

        @Override
        String change(String row, String change) {
            return "CASE WHEN %1$spending_since IS NULL THEN %2$s ELSE %1$slast_change END".formatted(row, change);
        }
    };

    private final long first;
    private final boolean whileDraining;

    Cause(long first, boolean whileDraining) {
        this.first = first;
        this.whileDraining = whileDraining;
    }

    /** The counter of a key that had no row. */
    long first() {
        return first;
    }

    boolean passes(Role role) {
        return role == Role.PRIMARY || (whileDraining && role == Role.DRAINING);
    }

    abstract String counter(String row);

    abstract String change(String row, String change);

    /**
     * The statement with this in place of {@code ${roles}}, {@code ${first}}, {@code ${counter}} and {@code ${change}}.
     *
     * @param row    what names the columns of the ledger's row, such as "l."
     * @param change the change to note, as an expression
     */
    String in(String sql, String row, String change) {
        return sql.replace("${roles}", whileDraining ? "'PRIMARY', 'DRAINING'" : "'PRIMARY'")
                .replace("${first}", Long.toString(first))
                .replace("${counter}", counter(row))
                .replace("${change}", change(row, change));
    }
}
