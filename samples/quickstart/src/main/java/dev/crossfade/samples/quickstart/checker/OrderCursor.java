package dev.crossfade.samples.quickstart.checker;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The orders of one database by ascending id, put together from two ordered queries: heads and items. Items without a
 * head make a row of their own, so that nothing in the tables goes unseen.
 */
final class OrderCursor implements AutoCloseable {
    private static final int FETCH_SIZE = 1_000;

    /** Adds the fields of the present row of a result to a canonical form. */
    interface FieldReader {
        void read(ResultSet row, Map<String, String> fields) throws SQLException;
    }

    private final ResultSet heads;
    private final ResultSet items;
    private final FieldReader headFields;
    private final FieldReader itemFields;
    private boolean moreHeads;
    private boolean moreItems;
    private long rows;

    /** Both queries deliver the id as column {@code order_key}, ascending; the second one {@code line_no} as well. */
    OrderCursor(Connection connection, String headSql, FieldReader headFields, String itemSql, FieldReader itemFields)
            throws SQLException {
        this.heads = open(connection, headSql);
        this.items = open(connection, itemSql);
        this.headFields = headFields;
        this.itemFields = itemFields;
        this.moreHeads = heads.next();
        this.moreItems = items.next();
    }

    private static ResultSet open(Connection connection, String sql) throws SQLException {
        Statement statement = connection.createStatement();
        statement.closeOnCompletion();
        statement.setFetchSize(FETCH_SIZE);
        return statement.executeQuery(sql);
    }

    /** The next order, or null at the end. */
    @Nullable
    Row next() throws SQLException {
        if (!moreHeads && !moreItems) {
            return null;
        }
        long id = Math.min(
                moreHeads ? heads.getLong("order_key") : Long.MAX_VALUE,
                moreItems ? items.getLong("order_key") : Long.MAX_VALUE);
        Map<String, String> fields = new HashMap<>();
        // More than one head with the same id would overwrite each other's fields; "copies" tells.
        int copies = 0;
        while (moreHeads && heads.getLong("order_key") == id) {
            headFields.read(heads, fields);
            copies++;
            moreHeads = heads.next();
        }
        int count = 0;
        while (moreItems && items.getLong("order_key") == id) {
            itemFields.read(items, fields);
            count++;
            moreItems = items.next();
        }
        fields.put("items.count", Integer.toString(count));
        if (copies != 1) {
            fields.put("copies", Integer.toString(copies));
        }
        rows++;
        return new Row(id, fields);
    }

    /** Orders delivered so far. */
    long rows() {
        return rows;
    }

    static void put(Map<String, String> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value.toString());
        }
    }

    @Override
    public void close() throws SQLException {
        heads.close();
        items.close();
    }
}
