package dev.crossfade.jdbc.internal.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/**
 * Asks for keys of one entity. Lists are filled up to the next power of two with their last key, so that there are few
 * different statements to prepare.
 */
final class InList {
    private InList() {}

    /** A condition with the parameters migration, side, entity and keys on the columns of this alias, such as "l.". */
    static String condition(String alias, int keys) {
        return "%1$smigration = ? AND %1$sside = ? AND %1$sentity = ? AND %1$sentity_key IN (%2$s)"
                .formatted(alias, parameters(keys));
    }

    /** The parameters of a list of so many keys. */
    static String parameters(int keys) {
        return String.join(", ", Collections.nCopies(padded(keys), "?"));
    }

    /** Sets entity and keys from {@code index} on; returns the index of the next parameter. */
    static int bind(PreparedStatement statement, int index, List<? extends Encoded<?>> keys) throws SQLException {
        statement.setString(index, keys.get(0).entity());
        return bindKeys(statement, index + 1, keys.stream().map(Encoded::bytes).toList());
    }

    /** Sets the keys from {@code index} on; returns the index of the next parameter. */
    static int bindKeys(PreparedStatement statement, int index, List<byte[]> keys) throws SQLException {
        int padded = padded(keys.size());
        for (int i = 0; i < padded; i++) {
            statement.setBytes(index + i, keys.get(Math.min(i, keys.size() - 1)));
        }
        return index + padded;
    }

    private static int padded(int keys) {
        return keys == 1 ? 1 : Integer.highestOneBit(keys - 1) << 1;
    }
}
