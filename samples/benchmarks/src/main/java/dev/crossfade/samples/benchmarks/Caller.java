package dev.crossfade.samples.benchmarks;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One thread of the service: asks for one order after the other, so that no branch can be predicted from the last. */
@State(Scope.Thread)
public class Caller {
    private final String[] numbers = MapOrders.numbers();
    private int next;

    String number() {
        return numbers[next++ & (MapOrders.SIZE - 1)];
    }
}
