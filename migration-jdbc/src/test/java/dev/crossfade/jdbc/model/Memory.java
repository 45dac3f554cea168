package dev.crossfade.jdbc.model;

/** Hands out the cells of a {@link World} while a scenario is put together. */
final class Memory {
    final int keys;
    private int size;

    Memory(int keys) {
        this.keys = keys;
        this.size = World.cellsFor(keys);
    }

    /** The first of {@code cells} neighbouring cells that nobody else uses. */
    int reserve(int cells) {
        int first = size;
        size += cells;
        return first;
    }

    World world() {
        int wholeLongs = (size + Long.BYTES - 1) / Long.BYTES;
        return new World(keys, wholeLongs * Long.BYTES);
    }
}
