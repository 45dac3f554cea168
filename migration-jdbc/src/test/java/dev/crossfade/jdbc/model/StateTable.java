package dev.crossfade.jdbc.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** All states seen, in the order in which they were found, each with the state it was found from. */
final class StateTable {
    private static final int BLOCK = 1 << 14;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final int width;
    private byte[][] blocks = new byte[16][];
    private int[] parents = new int[BLOCK];
    private int[] slots = new int[1 << 16];
    private int size;

    /** @param width the bytes of a state, a multiple of eight */
    StateTable(int width) {
        this.width = width;
    }

    int size() {
        return size;
    }

    /** Adds the state unless it is known. */
    boolean add(byte[] state, int parent) {
        if (size * 2 >= slots.length) {
            grow();
        }
        int slot = slotOf(state, 0);
        if (slots[slot] != 0) {
            return false;
        }
        int block = size / BLOCK;
        if (block == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * block);
        }
        if (blocks[block] == null) {
            blocks[block] = new byte[BLOCK * width];
        }
        if (size == parents.length) {
            parents = Arrays.copyOf(parents, 2 * size);
        }
        System.arraycopy(state, 0, blocks[block], size % BLOCK * width, width);
        parents[size] = parent;
        slots[slot] = ++size;
        return true;
    }

    void load(int index, World into) {
        System.arraycopy(blocks[index / BLOCK], index % BLOCK * width, into.cells, 0, width);
    }

    int parent(int index) {
        return parents[index];
    }

    private int slotOf(byte[] state, int offset) {
        int slot = hash(state, offset) & slots.length - 1;
        while (slots[slot] != 0 && !same(slots[slot] - 1, state, offset)) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private boolean same(int index, byte[] state, int offset) {
        int at = index % BLOCK * width;
        return Arrays.equals(blocks[index / BLOCK], at, at + width, state, offset, offset + width);
    }

    private int hash(byte[] state, int offset) {
        long hash = 1;
        for (int at = offset; at < offset + width; at += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(state, at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }

    private void grow() {
        slots = new int[2 * slots.length];
        for (int index = 0; index < size; index++) {
            slots[slotOf(blocks[index / BLOCK], index % BLOCK * width)] = index + 1;
        }
    }
}
