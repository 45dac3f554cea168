package dev.crossfade.jdbc.model;

/** Something that acts in steps. It keeps all it knows in cells of the world, which a crash sets to zero. */
abstract class Actor {
    static final int IDLE = 0;

    final String name;
    final Rules rules;
    final int firstCell;
    final int cells;

    Actor(String name, Rules rules, Memory memory, int cells) {
        this.name = name;
        this.rules = rules;
        this.cells = cells;
        this.firstCell = memory.reserve(cells);
    }

    /** Everything that this actor may do next. */
    abstract void steps(World world, Steps next);

    final int get(World world, int cell) {
        return world.get(firstCell + cell);
    }

    final void set(World world, int cell, int value) {
        world.set(firstCell + cell, value);
    }

    final Side side(World world, int cell) {
        return Side.BOTH.get(get(world, cell));
    }

    /** Forgets the first {@code count} cells, as a crash does. */
    final void forget(World world, int count) {
        for (int cell = 0; cell < count; cell++) {
            set(world, cell, 0);
        }
    }

    /** Ends whatever it is doing, with the process. What is durable stays. */
    void crash(World world) {
        forget(world, cells);
    }
}
