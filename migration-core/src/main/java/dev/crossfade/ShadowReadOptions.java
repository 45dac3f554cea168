package dev.crossfade;

import dev.crossfade.internal.shadow.ShadowSettings;
import dev.crossfade.spi.ContextCarrier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How shadow reads are made. For {@link MigrationBuilder#shadowReads}; how many are made is a dial. */
public final class ShadowReadOptions {
    private int threads = ShadowSettings.DEFAULT_THREADS;
    private int queue = ShadowSettings.DEFAULT_QUEUE;
    private Duration deadline = ShadowSettings.DEFAULT_DEADLINE;
    private Duration window = ShadowSettings.DEFAULT_WINDOW;
    private int minimumSample = ShadowSettings.DEFAULT_MINIMUM_SAMPLE;
    private double alarmRate = ShadowSettings.DEFAULT_ALARM_RATE;
    private final Set<Class<?>> trustedArguments = new LinkedHashSet<>();
    private final List<ContextCarrier> carriers = new ArrayList<>(List.of(ContextCarrier.callScope()));

    ShadowReadOptions() {}

    /** Threads of the lane, 1 to 64; default 2. */
    public ShadowReadOptions threads(int count) {
        this.threads = count;
        return this;
    }

    /** Shadow reads that may wait, 1 to 100 000; default 1 000. The newest is dropped and counted. */
    public ShadowReadOptions queue(int capacity) {
        this.queue = capacity;
        return this;
    }

    /** How long after the caller's answer a shadow read may last, waiting included; default 200 ms. */
    public ShadowReadOptions deadline(Duration limit) {
        this.deadline = limit;
        return this;
    }

    /** Over how long the mismatch rate is taken; default 5 minutes. */
    public ShadowReadOptions window(Duration length) {
        this.window = length;
        return this;
    }

    /** Comparisons in the window below which nothing is concluded, at least 1; default 100. */
    public ShadowReadOptions minimumSample(int comparisons) {
        this.minimumSample = comparisons;
        return this;
    }

    /** The share of mismatches, 0 to 1, above which the alarm is raised, once per episode; default 0: any mismatch. */
    public ShadowReadOptions alarmAbove(double rate) {
        this.alarmRate = rate;
        return this;
    }

    /**
     * Declares that arguments of this class never change, so that they may be kept for a shadow read. Strings, numbers,
     * dates, enums, UUIDs and records of them are known; collections, arrays and maps are copied.
     */
    public ShadowReadOptions trustArguments(Class<?> type) {
        trustedArguments.add(type);
        return this;
    }

    /** Carries a context of the caller's thread to the shadow read. The call scope is always carried. */
    public ShadowReadOptions carry(ContextCarrier carrier) {
        carriers.add(carrier);
        return this;
    }

    ShadowSettings settings() {
        return new ShadowSettings(
                threads, queue, deadline, window, minimumSample, alarmRate, trustedArguments, carriers);
    }
}
