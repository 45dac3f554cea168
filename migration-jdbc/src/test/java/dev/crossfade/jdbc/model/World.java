package dev.crossfade.jdbc.model;

import java.util.Arrays;

/**
 * One state of everything: both databases, the memory of every actor, and a few ghosts that no actor reads, kept to say
 * what must hold. All of it is an array of bytes, so that a million states fit in memory.
 */
final class World {
    static final int ABSENT = 0;

    private static final int ROLE = 0;
    private static final int EPOCH = 1;
    private static final int GENERATION = 2;
    private static final int SHARERS = 3;
    private static final int WRITER_VIEWS = 4;
    private static final int REFRESH_VIEWS = 5;
    private static final int CELLS_OF_A_FENCE = 6;

    private static final int ROW = 0;
    private static final int LEDGER_GENERATION = 1;
    private static final int LEDGER_COUNTER = 2;
    private static final int CHANGE = 3;
    private static final int PENDING = 4;
    private static final int LOCKED_BY = 5;
    private static final int CELLS_OF_A_KEY = 6;

    private static final int CLAIM = 0;
    private static final int VERIFIED = 1;
    private static final int FAILOVERS = 2;
    private static final int RAISE_DUE = 3;
    private static final int UNPROVEN = 4;
    private static final int SHARED_CELLS = 5;

    private static final int LISTED = 0;
    private static final int ACKNOWLEDGED = 1;
    private static final int LOST = 2;
    private static final int DAMAGED = 3;
    private static final int HISTORY = 4;
    private static final int GHOSTS_OF_A_KEY = HISTORY + Version.WRITES;

    final int keys;
    final byte[] cells;

    World(int keys, int size) {
        this.keys = keys;
        this.cells = new byte[size];
    }

    static int cellsFor(int keys) {
        return 2 * CELLS_OF_A_FENCE + 2 * keys * CELLS_OF_A_KEY + SHARED_CELLS + keys * GHOSTS_OF_A_KEY;
    }

    void copyFrom(World other) {
        System.arraycopy(other.cells, 0, cells, 0, cells.length);
    }

    int get(int cell) {
        return Byte.toUnsignedInt(cells[cell]);
    }

    void set(int cell, int value) {
        if (value < 0 || value > 255) {
            throw new IllegalStateException("The scenario is too long for the model's cells: " + value);
        }
        cells[cell] = (byte) value;
    }

    // The fence row of a side.

    Role role(Side side) {
        return Role.ALL.get(get(fence(side) + ROLE));
    }

    int epoch(Side side) {
        return get(fence(side) + EPOCH);
    }

    boolean says(Side side, Role role, int epoch) {
        return role(side) == role && epoch(side) == epoch;
    }

    void setFence(Side side, Role role, int epoch) {
        set(fence(side) + ROLE, role.ordinal());
        set(fence(side) + EPOCH, epoch);
        if (role == Role.PRIMARY) {
            remember(fence(side) + WRITER_VIEWS, epoch);
        }
        if (role == Role.PRIMARY || role == Role.DRAINING) {
            remember(fence(side) + REFRESH_VIEWS, epoch);
        }
    }

    private void remember(int cell, int epoch) {
        if (epoch > 6) {
            throw new IllegalStateException("The scenario has too many epochs for the model's views");
        }
        set(cell, get(cell) | 1 << epoch);
    }

    /** Whether some instance may still believe that {@code side} is primary at {@code epoch}, because it once was. */
    boolean mayBeBelievedPrimary(Side side, int epoch) {
        return (get(fence(side) + WRITER_VIEWS) & 1 << epoch) != 0;
    }

    /** As {@link #mayBeBelievedPrimary}, with the epochs in which the side was draining. */
    boolean mayBeBelievedSource(Side side, int epoch) {
        return (get(fence(side) + REFRESH_VIEWS) & 1 << epoch) != 0;
    }

    int generation(Side side) {
        return get(fence(side) + GENERATION);
    }

    void setGeneration(Side side, int generation) {
        set(fence(side) + GENERATION, generation);
    }

    /** How many transactions hold the fence of this side shared. */
    int sharers(Side side) {
        return get(fence(side) + SHARERS);
    }

    void addSharers(Side side, int more) {
        set(fence(side) + SHARERS, sharers(side) + more);
    }

    // The entity row and the ledger row of a key.

    int row(Side side, int key) {
        return get(key(side, key) + ROW);
    }

    void setRow(Side side, int key, int state) {
        set(key(side, key) + ROW, state);
    }

    int[] rows(Side side) {
        int[] rows = new int[keys];
        for (int key = 0; key < keys; key++) {
            rows[key] = row(side, key);
        }
        return rows;
    }

    void setRows(Side side, int[] rows) {
        for (int key = 0; key < keys; key++) {
            setRow(side, key, rows[key]);
        }
    }

    int ledgerGeneration(Side side, int key) {
        return get(key(side, key) + LEDGER_GENERATION);
    }

    int ledgerCounter(Side side, int key) {
        return get(key(side, key) + LEDGER_COUNTER);
    }

    Change change(Side side, int key) {
        return Change.ALL.get(get(key(side, key) + CHANGE));
    }

    boolean pending(Side side, int key) {
        return get(key(side, key) + PENDING) != 0;
    }

    void setPending(Side side, int key, boolean pending) {
        set(key(side, key) + PENDING, pending ? 1 : 0);
    }

    void setLedger(Side side, int key, int generation, int counter, Change change, boolean pending) {
        set(key(side, key) + LEDGER_GENERATION, generation);
        set(key(side, key) + LEDGER_COUNTER, counter);
        set(key(side, key) + CHANGE, change.ordinal());
        setPending(side, key, pending);
    }

    boolean locked(Side side, int key) {
        return get(key(side, key) + LOCKED_BY) != 0;
    }

    void setLocked(Side side, int key, boolean locked) {
        set(key(side, key) + LOCKED_BY, locked ? 1 : 0);
    }

    boolean anyPending(Side side) {
        for (int key = 0; key < keys; key++) {
            if (pending(side, key)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a unique constraint on the state of the rows holds. */
    boolean unique(Side side) {
        int seen = 0;
        for (int key = 0; key < keys; key++) {
            int bit = 1 << row(side, key);
            if (row(side, key) != ABSENT && (seen & bit) != 0) {
                return false;
            }
            seen |= bit;
        }
        return true;
    }

    // Claim, checkpoint and list, which live in the secondary's database.

    int claim() {
        return get(shared() + CLAIM);
    }

    void setClaim(int claim) {
        set(shared() + CLAIM, claim);
    }

    /** Whether the checkpoint says that every range is verified in the present generation. */
    boolean verified() {
        return get(shared() + VERIFIED) != 0;
    }

    void setVerified(boolean verified) {
        set(shared() + VERIFIED, verified ? 1 : 0);
    }

    /** Whether the key waits for a person to decide which side is right. */
    boolean listed(int key) {
        return get(ghosts(key) + LISTED) != 0;
    }

    void setListed(int key, boolean listed) {
        set(ghosts(key) + LISTED, listed ? 1 : 0);
    }

    boolean anyListed() {
        for (int key = 0; key < keys; key++) {
            if (listed(key)) {
                return true;
            }
        }
        return false;
    }

    // Ghosts, and what only people know.

    int failovers() {
        return get(shared() + FAILOVERS);
    }

    /** After a failover a version may stand for two states, so the history ends. */
    void countFailover() {
        set(shared() + FAILOVERS, failovers() + 1);
        for (int key = 0; key < keys; key++) {
            Arrays.fill(cells, ghosts(key) + HISTORY, ghosts(key) + GHOSTS_OF_A_KEY, (byte) 0);
        }
    }

    /** A failover may have lost commits and nobody has raised the generation yet. */
    boolean raiseDue() {
        return get(shared() + RAISE_DUE) != 0;
    }

    void setRaiseDue(boolean due) {
        set(shared() + RAISE_DUE, due ? 1 : 0);
    }

    /** Between a failover and the end of the full pass that follows it, the stores may differ without anyone knowing. */
    boolean unproven() {
        return get(shared() + UNPROVEN) != 0;
    }

    void setUnproven(boolean unproven) {
        set(shared() + UNPROVEN, unproven ? 1 : 0);
    }

    /** The last acknowledged state of the key, in commit order. */
    int acknowledged(int key) {
        return get(ghosts(key) + ACKNOWLEDGED);
    }

    void setAcknowledged(int key, int state) {
        set(ghosts(key) + ACKNOWLEDGED, state);
        setDamaged(key, false);
    }

    /**
     * The acknowledged state that the primary lost in a failover while the secondary had it. A later write of the
     * application replaces it, but not once a person has been asked.
     */
    int lost(int key) {
        return get(ghosts(key) + LOST);
    }

    void setLost(int key, int state) {
        set(ghosts(key) + LOST, state);
    }

    /** The state that the primary gave to the key with this version; of marks, with the write before them. */
    int stateAt(int key, int version) {
        return get(ghosts(key) + HISTORY + Version.write(version));
    }

    void setStateAt(int key, int version, int state) {
        set(ghosts(key) + HISTORY + Version.write(version), failovers() == 0 ? state : 0);
    }

    /** Someone outside the library changed the secondary, and no mark has said so yet. */
    boolean damaged(int key) {
        return get(ghosts(key) + DAMAGED) != 0;
    }

    void setDamaged(int key, boolean damaged) {
        set(ghosts(key) + DAMAGED, damaged ? 1 : 0);
    }

    private static int fence(Side side) {
        return side.ordinal() * CELLS_OF_A_FENCE;
    }

    private int key(Side side, int key) {
        return 2 * CELLS_OF_A_FENCE + (side.ordinal() * keys + key) * CELLS_OF_A_KEY;
    }

    private int shared() {
        return 2 * CELLS_OF_A_FENCE + 2 * keys * CELLS_OF_A_KEY;
    }

    private int ghosts(int key) {
        return shared() + SHARED_CELLS + key * GHOSTS_OF_A_KEY;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Side side : Side.BOTH) {
            text.append(side).append(' ').append(role(side)).append('@').append(epoch(side));
            text.append(" g").append(generation(side));
            for (int key = 0; key < keys; key++) {
                text.append(" k").append(key).append('=').append(row(side, key) == ABSENT ? "-" : row(side, key));
                text.append('/')
                        .append(Version.text(Version.of(ledgerGeneration(side, key), ledgerCounter(side, key))));
                text.append(
                        change(side, key) == Change.NONE
                                ? ""
                                : change(side, key).name().substring(0, 1));
                text.append(pending(side, key) ? "*" : "").append(locked(side, key) ? "!" : "");
            }
            text.append("  ");
        }
        text.append(verified() ? "verified " : "").append(anyListed() ? "listed " : "");
        return text.toString().strip();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof World world && Arrays.equals(cells, world.cells);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(cells);
    }
}
