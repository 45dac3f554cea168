package dev.crossfade.samples.benchmarks.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Threads that write, each once at least: on a busy machine one may begin when the others' time is over. */
final class Load {
    private Load() {}

    /** One write. */
    @FunctionalInterface
    interface Writer {
        void write() throws Exception;
    }

    /** A write that has ended: when it was due and how long it took from then, both in nanoseconds. */
    record Done(long due, long nanos) {
        long end() {
            return due + nanos;
        }
    }

    /** Writes per second of threads that write as fast as they can. */
    static double throughput(int threads, Duration duration, Writer writer) throws Exception {
        long begin = System.nanoTime();
        long end = begin + duration.toNanos();
        long writes = 0;
        for (long done : inParallel(threads, thread -> {
            long count = 0;
            do {
                writer.write();
                count++;
            } while (System.nanoTime() - end < 0);
            return count;
        })) {
            writes += done;
        }
        return writes * 1e9 / (System.nanoTime() - begin);
    }

    /**
     * Writes at a fixed rate, spread over threads, until told to stop. A write counts from when it was due: one that has
     * to wait for its thread is late, not left out.
     */
    static List<Done> paced(int threads, int perSecond, AtomicBoolean stop, Writer writer) throws Exception {
        long begin = System.nanoTime();
        long interval = 1_000_000_000L * threads / perSecond;
        List<Done> all = new ArrayList<>();
        for (List<Done> done : inParallel(threads, thread -> {
            List<Done> own = new ArrayList<>();
            long due = begin + interval * thread / threads;
            do {
                for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                    LockSupport.parkNanos(early);
                }
                writer.write();
                own.add(new Done(due, System.nanoTime() - due));
                due += interval;
            } while (!stop.get());
            return own;
        })) {
            all.addAll(done);
        }
        return all;
    }

    /** As {@link #paced(int, int, AtomicBoolean, Writer)}, for some time. */
    static List<Done> paced(int threads, int perSecond, Duration duration, Writer writer) throws Exception {
        long end = System.nanoTime() + duration.toNanos();
        AtomicBoolean stop = new AtomicBoolean();
        return paced(threads, perSecond, stop, () -> {
            writer.write();
            if (System.nanoTime() - end > 0) {
                stop.set(true);
            }
        });
    }

    /** The value below which this share of the values lies. */
    static double percentile(double percent, double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(percent / 100 * sorted.length))];
    }

    private interface Body<T> {
        T run(int thread) throws Exception;
    }

    private static <T> List<T> inParallel(int threads, Body<T> body) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int number = thread;
                running.add(executor.submit(() -> body.run(number)));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : running) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException failure) {
            throw new IllegalStateException("a write failed", failure.getCause());
        } finally {
            executor.shutdownNow();
        }
    }
}
