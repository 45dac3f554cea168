package dev.crossfade.jdbc.testing.proxy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Where a connection is to be cut, and whether it has been. */
final class Cut {
    private final boolean atCommit;
    private final AtomicLong left;
    private final CompletableFuture<Void> happened = new CompletableFuture<>();

    private Cut(boolean atCommit, long left) {
        this.atCommit = atCommit;
        this.left = new AtomicLong(left);
    }

    static Cut afterCommit() {
        return new Cut(true, Long.MAX_VALUE);
    }

    static Cut afterBytes(long bytes) {
        return new Cut(false, bytes);
    }

    boolean atCommit() {
        return atCommit;
    }

    /** How many of these bytes may still pass: fewer than all means that the connection is cut behind them. */
    int allow(int bytes) {
        return (int) Math.min(bytes, left.getAndUpdate(rest -> Math.max(0, rest - bytes)));
    }

    CompletableFuture<Void> happened() {
        return happened;
    }
}
