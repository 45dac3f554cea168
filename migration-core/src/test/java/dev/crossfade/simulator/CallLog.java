package dev.crossfade.simulator;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the primary did during one call of a client, to hold against what the client was told. */
final class CallLog {
    /** One call. */
    static final class Call {
        final boolean isWrite;
        final Map<Long, Integer> indexes = new HashMap<>();

        @Nullable
        Throwable failure;

        @Nullable
        Object answer;

        Call(boolean isWrite) {
            this.isWrite = isWrite;
        }
    }

    private final Map<Actor, Call> calls = new HashMap<>();
    private final Scheduler scheduler;
    private final Checker checker;

    CallLog(Scheduler scheduler, Checker checker) {
        this.scheduler = scheduler;
        this.checker = checker;
    }

    Call begin(boolean isWrite) {
        Call call = new Call(isWrite);
        calls.put(scheduler.current(), call);
        return call;
    }

    void end() {
        calls.remove(scheduler.current());
    }

    private @Nullable Call current() {
        return calls.get(scheduler.current());
    }

    boolean isWriting() {
        Call call = current();
        return call != null && call.isWrite;
    }

    Throwable primaryFailed(Throwable failure) {
        Call call = current();
        if (call != null) {
            call.failure = failure;
        }
        scheduler.pause("the primary fails", failure);
        return failure;
    }

    Throwable secondaryFailed(Throwable failure) {
        scheduler.pause("the secondary fails", failure);
        return failure;
    }

    void answered(@Nullable Object answer) {
        Call call = current();
        if (call != null) {
            call.answer = answer;
        }
    }

    /** The client's write is at this index of the key's history. */
    void wrote(long key, int index) {
        Call call = current();
        if (call != null) {
            call.indexes.put(key, index);
        }
    }

    /** Where the present call of this actor has put the key. */
    int indexHere(long key) {
        Call call = current();
        return call == null ? 0 : call.indexes.getOrDefault(key, 0);
    }

    void requireNoClient(String what) {
        if (isWriting()) {
            checker.broken("P8", what + " runs on the thread of a client that writes");
        }
    }
}
