package dev.crossfade.jdbc.checker;

/**
 * One line of a writer's operation log: {@code <stage> <kind> <order> <key>}, for example {@code A W 4711 item-7}.
 *
 * @param order the operation's place among those of its key, assigned while the key was locked
 */
record Operation(Stage stage, Kind kind, long order, String key, String writer) {
    enum Stage {
        /** About to commit: without a later line, nobody knows whether it did. */
        INTENDED('I'),
        /** Committed and told to the caller. */
        ACKNOWLEDGED('A'),
        /** Certainly not committed. */
        ROLLED_BACK('R');

        private final char letter;

        Stage(char letter) {
            this.letter = letter;
        }
    }

    enum Kind {
        WRITE('W'),
        DELETE('D');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    static Operation parse(String line, String writer) {
        String[] fields = line.split(" ", 4);
        if (fields.length != 4) {
            throw new IllegalArgumentException("Not a line of an operation log: " + line);
        }
        return new Operation(stage(fields[0]), kind(fields[1]), Long.parseLong(fields[2]), fields[3], writer);
    }

    private static Stage stage(String field) {
        for (Stage stage : Stage.values()) {
            if (field.equals(String.valueOf(stage.letter))) {
                return stage;
            }
        }
        throw new IllegalArgumentException("No stage of an operation: " + field);
    }

    private static Kind kind(String field) {
        for (Kind kind : Kind.values()) {
            if (field.equals(String.valueOf(kind.letter))) {
                return kind;
            }
        }
        throw new IllegalArgumentException("No kind of operation: " + field);
    }
}
