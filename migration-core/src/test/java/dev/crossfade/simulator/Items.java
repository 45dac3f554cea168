package dev.crossfade.simulator;

import dev.crossfade.Key;
import dev.crossfade.Read;
import dev.crossfade.Write;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What the simulated service calls. */
interface Items {
    Optional<Item> findById(long id) throws SQLException;

    List<Item> findAllById(Collection<Long> ids) throws SQLException;

    /** All rows; a query without keys. */
    @Read
    List<Item> everything() throws SQLException;

    Item save(Item item) throws SQLException;

    List<Item> saveAll(Collection<Item> items) throws SQLException;

    /** Changes a row if there is one. */
    @Write(mayDelete = true)
    boolean change(@Key long id, long stamp) throws SQLException;

    void deleteById(long id) throws SQLException;
}
