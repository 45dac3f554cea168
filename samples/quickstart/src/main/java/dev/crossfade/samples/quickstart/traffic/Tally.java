package dev.crossfade.samples.quickstart.traffic;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Counters that all threads of the traffic share. */
final class Tally {
    private static final int MAX_COMPLAINTS = 20;

    final LongAdder reads = new LongAdder();
    final LongAdder writes = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder staleInLists = new LongAdder();
    final LongAccumulator longestWriteNanos = new LongAccumulator(Math::max, 0);
    private final LongAdder readYourWritesBroken = new LongAdder();
    private final LongAdder wrongAnswers = new LongAdder();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    void readYourWritesBroken(long id, String operation) {
        readYourWritesBroken.increment();
        complain("order " + id + " does not show its last write, seen after " + operation);
    }

    void wrongAnswer(long id, String operation) {
        wrongAnswers.increment();
        complain("order " + id + " came back wrong from " + operation);
    }

    private void complain(String complaint) {
        if (complaints.size() < MAX_COMPLAINTS) {
            complaints.add(complaint);
        }
    }

    TrafficCounts counts() {
        return new TrafficCounts(
                reads.sum(),
                writes.sum(),
                retries.sum(),
                failures.sum(),
                readYourWritesBroken.sum(),
                wrongAnswers.sum(),
                staleInLists.sum(),
                complaints);
    }
}
