package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;

/** How the ledger's column writes a change. */
final class Changes {
    private Changes() {}

    static String code(Change change) {
        return switch (change) {
            case WRITTEN -> "W";
            case DELETED -> "D";
            case MARKED -> "M";
        };
    }

    static Change of(String code) {
        return switch (code) {
            case "W" -> Change.WRITTEN;
            case "D" -> Change.DELETED;
            case "M" -> Change.MARKED;
            default -> throw new IllegalStateException("The ledger holds the unknown change '" + code + "'");
        };
    }
}
